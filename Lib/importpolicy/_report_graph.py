"""Where does each dependency stand in the picture?

Layers from left to right: the application, what it imports, what that
requires, and so on, so that every requirement points to the right.  In a
layer, whoever has the same neighbours stands together, near to them.
"""

ROW, COLUMN, WIDTH, HEIGHT = 28, 248, 194, 22
MARGIN, HEAD = 8, 26
_SWEEPS = 12


class Graph:
    """`nodes` are indices of rows by (x, y); `edges` pairs of them, those
    for an extra apart."""

    def __init__(self, rows):
        self.rows = [row for row in rows if row.kind != "everyone"]
        self.plain = {row.index: list(row.requires) for row in self.rows}
        self.optional = [(row.index, other) for row in self.rows
                         if row.is_direct for other in row.optional]
        for one, other in self.optional:
            self.plain[one].append(other)
        required = {other for others in self.plain.values()
                    for other in others}
        self.lonely = {row.index for row in self.rows
                       if row.index and row.index not in required}
        self.layer = _layers(self.plain)
        self.layers = self._order()
        self.y = self._heights()

    @property
    def edges(self):
        return [(one, other) for one, others in self.plain.items()
                for other in others]

    def x(self, index):
        return MARGIN + self.layer[index] * COLUMN

    @property
    def width(self):
        return 2 * MARGIN + (len(self.layers) - 1) * COLUMN + WIDTH

    @property
    def height(self):
        return max(self.y.values()) + HEIGHT + MARGIN

    # --- In what order ----------------------------------------------------

    def _neighbours(self):
        found = {row.index: ([], []) for row in self.rows}
        for one, other in self.edges:
            found[other][0].append(one)
            found[one][1].append(other)
        return found

    def _order(self):
        """Each layer by where its neighbours stand, to and fro; behind them
        who stands for himself, and last who has no neighbours."""
        layers = [[] for _ in range(max(self.layer.values()) + 1)]
        for row in self.rows:
            layers[self.layer[row.index]].append(row.index)
        neighbours = self._neighbours()

        def group(index):
            return (index in self.lonely) + (not any(neighbours[index]))

        for layer in layers:
            layer.sort(key=lambda index: (group(index), index))
        place = {index: i for layer in layers
                 for i, index in enumerate(layer)}
        for sweep in range(_SWEEPS):
            side = sweep % 2
            for layer in layers[::-1] if side else layers:
                key = {}
                for index in layer:
                    near = [place[other] for other in neighbours[index][side]]
                    key[index] = sum(near) / len(near) if near \
                        else place[index]
                layer.sort(key=lambda index: (group(index), key[index],
                                              index))
                place.update((index, i) for i, index in enumerate(layer))
        return layers

    # --- How high ---------------------------------------------------------

    def _offsets(self, layer):
        """With room for a title above those who stand for themselves."""
        return [(i + (index in self.lonely)) * ROW
                for i, index in enumerate(layer)]

    def _heights(self):
        """Near to those whom they have to do with, without overlaps."""
        y = {index: float(i * ROW) for layer in self.layers
             for i, index in enumerate(layer)}
        neighbours = self._neighbours()
        for sweep in range(_SWEEPS):
            layers = self.layers[::-1] if sweep % 2 else self.layers
            for layer in layers:
                wanted = []
                for index in layer:
                    before, after = neighbours[index]
                    near = [y[other] for other in before + after]
                    wanted.append(sum(near) / len(near) if near
                                  else wanted[-1] if wanted else y[index])
                y.update(zip(layer, _spread(wanted, self._offsets(layer))))
        lowest = min(y.values())
        return {index: round(value - lowest) + MARGIN + HEAD
                for index, value in y.items()}


def _spread(wanted, offsets):
    """The heights nearest to those wanted that keep order and distance."""
    blocks = []                         # (sum, number) of equal offsets
    for value, offset in zip(wanted, offsets):
        total, number = value - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / number:
            other, more = blocks.pop()
            total, number = total + other, number + more
        blocks.append((total, number))
    found = []
    for total, number in blocks:
        for _ in range(number):
            found.append(total / number + offsets[len(found)])
    return found


def _layers(requires):
    """{index: layer}: right of all who require it.  What closes a circle
    does not count."""
    order, state = [], {}
    for root in requires:
        stack = [(root, iter(requires[root]))] if root not in state else []
        state.setdefault(root, "open")
        while stack:
            index, others = stack[-1]
            for other in others:
                if other not in state:
                    state[other] = "open"
                    stack.append((other, iter(requires[other])))
                    break
            else:
                state[index] = "done"
                order.append(index)
                stack.pop()
    layer = {index: 1 for index in requires}
    place = {index: i for i, index in enumerate(order)}
    for index in reversed(order):
        if index == 0:
            layer[0] = 0
        for other in requires[index]:
            if place[other] < place[index]:
                layer[other] = max(layer[other], layer[index] + 1)
    return layer
