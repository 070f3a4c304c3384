"""Pictures of one number each on realistic paper: `kinds` draws them with the help of the other modules."""
