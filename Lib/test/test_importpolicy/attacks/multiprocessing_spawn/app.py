"""An application that may be imported, as spawned processes do."""

if __name__ == "__main__":
    import evil

    try:
        evil.attack()
    except Exception as error:
        print(error)

    import good

    good.work()
