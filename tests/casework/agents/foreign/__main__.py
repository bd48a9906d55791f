"""`python -m tests.casework.agents.foreign`: sets the agent up that is none of ours."""

from tests.casework.agents.foreign import set_up, venv

if __name__ == "__main__":
    set_up()
    print(f"The official library of A2A stands in {venv()}.")
