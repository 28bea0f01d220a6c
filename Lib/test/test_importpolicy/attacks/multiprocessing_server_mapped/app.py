"""The application starts a fork server before anybody else."""

import multiprocessing

if __name__ == "__main__":
    process = multiprocessing.get_context("forkserver").Process(target=int)
    process.start()
    process.join()

    import evil

    try:
        evil.attack()
    except Exception as error:
        print(error)

    import good

    good.work()
