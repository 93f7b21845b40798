import asyncio, time, json
from collections import Counter
from tournament.live.metrics import STORING, STORING_FAILED
from services.tournament.tests.live import wire
from services.tournament.tests.live.arena_under_test import ask, new_match, playing
from tests.fixtures.cast import Person
from time import monotonic

async def test_flood(service, pooled_db, alice, bob, signing_key, monkeypatch):
    from tournament.live.storing import Journal
    times=[]
    old=Journal.store
    async def store(self):
        t=monotonic()
        try: await old(self)
        finally: times.append(round(monotonic()-t,3))
    monkeypatch.setattr(Journal,"store",store)
    match_id = await new_match(pooled_db, alice, bob)
    people=[Person(f"p{i}", signing_key, roles=("player",)) for i in range(3)]
    host,port=service.removeprefix("http://").split(":")
    body=json.dumps({"to":None,"points":3,"rated":False}).encode()
    reqs=[f"POST /api/tournament/invitations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {p.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()+body for p in people]
    async with playing(service, match_id, alice, bob) as (left, right):
        left.forget(); times.clear()
        t=time.time()
        async def one(q):
            r,w=await asyncio.open_connection(host,int(port)); w.write(q); d=await r.read(); w.close(); return d[9:12]
        got = await asyncio.gather(*(one(q) for _ in range(200) for q in reqs))
        print("took", round(time.time()-t,2), Counter(got))
        await asyncio.sleep(.6)
        print("phases", [ (p.phase) for p in left.all(wire.Phase)], "failed", STORING_FAILED._value.get(), "store times", times)
