"""The embedding model that the product comes with, and the recipe it is made by."""
