"""The commands of `snoska`: what can be typed, and what each does."""
