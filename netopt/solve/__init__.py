"""From a program to a proved point; everything here speaks of matrices, never of tables."""

from netopt.solve.control import Control, Progress
from netopt.solve.exact import Answer, solve_program

__all__ = ["Answer", "Control", "Progress", "solve_program"]
