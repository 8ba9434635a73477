"""What-if: the network edited and solved again, compared with the network as it is."""
