"""The embedded servers, from outside: several users at once, killed keepers, damaged state."""


def test_x():
    import os

    print(os.environ["DATABASE_URL"])
