"""What is kept, for how long, and what is done so that it is neither lost nor kept too long."""
