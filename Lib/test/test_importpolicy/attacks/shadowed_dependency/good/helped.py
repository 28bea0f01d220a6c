"""A part of the granted package that has somebody help it."""

import helper

helper.help()
