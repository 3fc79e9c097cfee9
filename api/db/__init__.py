"""The database: the models, the engine and the migrations; the application's own truth."""
