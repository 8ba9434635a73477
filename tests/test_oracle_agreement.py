from tests.oracle.networks import random_network
from tests.oracle.oracle import solve_many_in_subprocess
def test_x(): assert solve_many_in_subprocess([random_network(1)])[0]["status"]
