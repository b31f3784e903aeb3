"""The table that the benchmarks beside a peer print: a row as soon as it is known, and at the end what is below its goal."""


class Table:
    def __init__(self):
        self.rows = []
        print(f"{'measure':<54} {'ours':>10} {'peer':>10} {'ratio':>8} {'goal':>8}")

    def add(self, measure, ours, peer, ratio, goal, reached, note):
        """One row, said at once; reached is None where there is no goal or no peer to compare with."""
        row = {"measure": measure, "ours": ours, "peer": peer, "ratio": ratio, "goal": goal, "reached": reached, "note": note}
        self.rows.append(row)
        verdict = "BELOW GOAL  " if reached is False else ""
        print(f"{measure:<54} {ours:>10} {peer:>10} {ratio:>8} {goal:>8}  {verdict}{note}", flush=True)

    def end(self):
        below = [row["measure"] for row in self.rows if row["reached"] is False]
        print(f"{len(below)} of {len(self.rows)} rows are below their goal" + "".join(f"\n  {row}" for row in below))
