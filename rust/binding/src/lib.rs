//! Carries bytes between Python and the core, and releases the GIL meanwhile. No logic (src/rialto/_core.pyi says what
//! each function promises).

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rialto_core::order::Side;
use rialto_core::{Exchange, Unapplied};

#[pyclass(name = "Exchange", module = "rialto._core")]
struct PyExchange {
    inner: Exchange,
}

fn unapplied(reason: Unapplied) -> PyErr {
    match reason {
        Unapplied::Malformed(at) => PyValueError::new_err(format!("no command frame at byte {}", at.byte)),
        Unapplied::Gap { expected } => PyValueError::new_err(format!("expected sequence {expected}")),
    }
}

#[pymethods]
impl PyExchange {
    #[new]
    fn new() -> Self {
        Self { inner: Exchange::default() }
    }

    fn apply<'py>(
        &mut self,
        py: Python<'py>,
        first_sequence: u64,
        time_us: u64,
        commands: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        py.detach(|| self.inner.apply(first_sequence, time_us, commands)).map_err(unapplied)?;
        Ok(PyBytes::new(py, self.inner.events()))
    }

    fn snapshot<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.inner.snapshot()))
    }

    #[staticmethod]
    fn restore(py: Python<'_>, snapshot: &[u8]) -> PyResult<Self> {
        let restored = py.detach(|| Exchange::restore(snapshot));
        let inner = restored.map_err(|_| PyValueError::new_err("not a whole, undamaged snapshot"))?;
        Ok(Self { inner })
    }

    fn state_hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.inner.state_hash()))
    }

    #[getter]
    fn sequence(&self) -> u64 {
        self.inner.sequence()
    }

    #[getter]
    fn time_us(&self) -> u64 {
        self.inner.time_us()
    }

    #[getter]
    fn wake_at_us(&self) -> Option<u64> {
        self.inner.wake_at_us()
    }

    fn balances(&self) -> Vec<(u32, u32, i128, i128)> {
        self.inner.balance_rows()
    }

    fn open_orders(&self, instrument: u32) -> Vec<(u64, u32, u8, i64, i64, i64)> {
        let sides = [Side::Buy, Side::Sell].into_iter();
        let rows = sides.flat_map(|side| self.inner.queue(instrument, side));
        rows.map(|(order, account)| {
            let side = order.side.byte();
            (order.id, account, side, order.price_ticks, order.quantity_lots, order.remaining_lots)
        })
        .collect()
    }
}

#[pyfunction]
fn core_version() -> &'static str {
    rialto_core::VERSION
}

#[pyfunction]
fn bench_workload(py: Python<'_>, path: &str, ladder: bool) -> PyResult<String> {
    py.detach(|| rialto_workload::run(path, ladder)).map_err(PyValueError::new_err)
}

#[pyfunction]
fn workload_commands<'py>(
    py: Python<'py>,
    path: &str,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let (setup, timed) = py.detach(|| rialto_workload::commands(path)).map_err(PyValueError::new_err)?;
    Ok((PyBytes::new(py, &setup), PyBytes::new(py, &timed)))
}

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyExchange>()?;
    module.add_function(wrap_pyfunction!(core_version, module)?)?;
    module.add_function(wrap_pyfunction!(bench_workload, module)?)?;
    module.add_function(wrap_pyfunction!(workload_commands, module)?)
}
