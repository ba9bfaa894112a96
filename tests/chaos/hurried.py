"""The server with short leases, so that somebody soon follows a process that was killed."""

from datetime import timedelta

from app import create_app
from digital.carrier.channel import CarrierChannel
from digital.email.channel import EmailChannel
from jobs import reaper, worker
from runner import effects, legs, orders
from runner.messages import bursts, sending

__all__ = ["create_app"]

orders.LEASE = timedelta(seconds=3)
effects.TAKEN_OVER = timedelta(seconds=4)
effects.QUEUED = timedelta(seconds=1)
effects._patience = lambda effect: timedelta(seconds=4)
legs.LOOKED_FOR = (0.3, 1.0, 2.5)
sending.LOOKED_FOR = (0.3, 1.0, 2.5)
sending.SHORTEST = timedelta(seconds=0.3)
bursts.BURSTS = dict.fromkeys(bursts.BURSTS, (1_000, timedelta(seconds=30)))  # as stories are told
sending.UNREACHED = 0.3
sending.PATIENCE = timedelta(seconds=4)
CarrierChannel.patience = EmailChannel.patience = timedelta(seconds=4)
reaper.BEAT, reaper.LOOK, reaper.LEASE = 0.5, 0.2, 2.0
worker.POLL = 0.2
