"""Where the room lives, and where its audience listens."""
