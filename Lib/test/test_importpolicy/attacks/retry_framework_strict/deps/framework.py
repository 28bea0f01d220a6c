def dispatch(view, *args):
    return view(*args)
