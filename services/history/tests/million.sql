-- A million matches for measurements: 20,000 of one player, the rest of 10,000 others, one a minute.
-- The player's id comes from the session: SELECT set_config('bench.player', '<uuid>', false);
-- Takes about a minute. The logs are as long as a typical match's and replay nothing.

CREATE TEMPORARY TABLE many ON COMMIT DROP AS
SELECT
    ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
    CASE WHEN n % 50 = 0 THEN current_setting('bench.player')::uuid
        ELSE md5('player ' || hashint4(n) % 5000)::uuid END AS player_id,
    CASE WHEN n % 5 = 0 AND n % 50 <> 0 OR n % 250 = 0 THEN 'local' ELSE 'ai' END AS mode,
    (hashint4(n + 1) & 1) + 1 AS winner,
    abs(hashint4(n + 2) % 5) AS loser_score,
    timestamptz '2024-01-01 00:00Z' + n * interval '1 minute' AS played_at
FROM generate_series(1, 1000000) AS n;

INSERT INTO matches (
    id, mode, level, rules, seed, points, ticks, left_score, right_score, winner, longest_rally, digest, log,
    played_at
)
SELECT
    id, mode, CASE mode WHEN 'ai' THEN 'normal' END, 1, 7, 5, 4000,
    CASE winner WHEN 1 THEN 5 ELSE loser_score END, CASE winner WHEN 2 THEN 5 ELSE loser_score END,
    winner, 12, 1, decode(repeat(md5(id::text), 16), 'hex'), played_at
FROM many;

INSERT INTO participations (match_id, side, player_id, name, kind, mode, outcome, played_at)
SELECT
    id, side, CASE side WHEN 1 THEN player_id END,
    CASE side WHEN 1 THEN 'Player' WHEN 2 THEN CASE mode WHEN 'ai' THEN 'Computer' ELSE 'Guest' END END,
    CASE side WHEN 1 THEN 'player' WHEN 2 THEN CASE mode WHEN 'ai' THEN 'ai' ELSE 'guest' END END,
    mode, CASE side WHEN winner THEN 'won' ELSE 'lost' END, played_at
FROM many CROSS JOIN generate_series(1, 2) AS side;

INSERT INTO player_totals (player_id, mode, played, won, longest_rally)
SELECT player_id, mode, count(*), count(*) FILTER (WHERE winner = 1), 12
FROM many
GROUP BY player_id, mode;

ANALYZE matches, participations, player_totals;
