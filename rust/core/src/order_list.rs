//! Order lists.

use crate::command::{AdvanceTime, CancelList, PlaceList};
use crate::exchange::Exchange;
use crate::rejection::Rejection;

impl Exchange {
    pub(crate) fn place_list(&mut self, _list: &PlaceList) -> Result<(), Rejection> {
        Err(Rejection::ListLegs)
    }
    pub(crate) fn cancel_list(&mut self, _list: &CancelList) -> Result<(), Rejection> {
        Err(Rejection::UnknownOrderList)
    }
    pub(crate) fn advance_time(&mut self, _: &AdvanceTime) -> Result<(), Rejection> {
        self.events.time_advanced();
        Ok(())
    }
}
