"""The bench's harness: starts what is measured, drives it, and tells what came out."""
