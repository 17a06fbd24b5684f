"""Screens, by audience. Screens read through `visible_to` and change things through operations only."""
