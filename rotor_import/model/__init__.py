"""The nouns of an import; they import nothing else of this package but its errors."""
