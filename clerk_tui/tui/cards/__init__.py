"""Cards: small modal questions over the workbench, each answered by a key."""
