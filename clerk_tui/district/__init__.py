"""The reference other end of the channel: receive, check, answer."""
