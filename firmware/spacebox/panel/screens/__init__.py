"""The screens, one module per part of an evening."""
