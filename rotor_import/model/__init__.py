"""The nouns of an import. They import nothing else of this package."""
