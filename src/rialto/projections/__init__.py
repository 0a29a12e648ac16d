"""Events folded into SQL, and the queries that read it. All of it can be folded again."""
