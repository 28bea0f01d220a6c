/* Does one distribution require another, by whatever way?

   Walked breadth first over states, a distribution and one extra of it (or
   none).  Of the distribution that was granted, every extra counts: whoever
   grants `celery` means its redis transport too.  Beyond it, only what each
   requirement asks for, or a grant would seep through extras that nobody
   chose.  What code of no distribution imports is beyond it, too.

   Whom a distribution covers is worked out when it is first asked for, and
   published with one atomic store.  That is all that ever changes in a
   snapshot: two threads may do the same work twice, and the loser frees his
   copy.  Ways are only wanted for messages, so they are not kept. */

#include "pycore_distribution_impl.h"

#include <stdatomic.h>
#include <string.h>

/* Beside the names of extras; told apart by their addresses. */
static const char no_extra[] = "";
static const char every_extra[] = "*";

/* A distribution with one of its extras has been reached. */
typedef struct {
    int dist;
    const char *extra;
    size_t from;                /* the state it was reached from */
    size_t same;                /* previous state of the same distribution, */
} state;                        /* plus 1; 0: none */

typedef struct {
    const _PyDistributions *map;
    _PyDistArray states;        /* the queue, never shortened */
    size_t *last;               /* by distribution: its last state plus 1 */
} walk;

static inline state *
state_at(const walk *w, size_t i)
{
    return (state *)w->states.items + i;
}

/* Add a state to the queue unless it has been there.  A distribution that
   was reached with every extra needs no other state.  The states of one
   distribution are few, so a chain through them is search enough. */
static int
reach(walk *w, int dist, const char *extra, size_t from)
{
    for (size_t i = w->last[dist]; i > 0; i = state_at(w, i - 1)->same) {
        const char *known = state_at(w, i - 1)->extra;
        if (known == every_extra || strcmp(known, extra) == 0) {
            return 0;
        }
    }
    state *s = _PyDistArray_Append(&w->states, sizeof(*s));
    if (s == NULL) {
        return -1;
    }
    *s = (state){dist, extra, from, w->last[dist]};
    w->last[dist] = w->states.n;
    return 0;
}

/* Does the requirement hold in a state with this extra?  What is plain is
   followed once, from the state without one, which is always there too. */
static bool
holds(const _PyDistEdge *edge, const char *extra)
{
    if (extra == every_extra) {
        return true;
    }
    for (int i = 0; extra[0] && i < edge->n_when; i++) {
        if (strcmp(edge->when[i], extra) == 0) {
            return true;
        }
    }
    return edge->plain && !extra[0];
}

/* Add what a state leads to.  The state is copied first: the queue may move
   while it grows. */
static int
follow(walk *w, size_t from)
{
    const state s = *state_at(w, from);
    const _PyDist *dist = &w->map->dists[s.dist];
    for (size_t i = 0; i < dist->n_edges; i++) {
        const _PyDistEdge *edge = &dist->edges[i];
        if (!holds(edge, s.extra)) {
            continue;
        }
        if (reach(w, edge->target, no_extra, from) < 0) {
            return -1;
        }
        for (int k = 0; k < edge->n_asks; k++) {
            if (reach(w, edge->target, edge->asks[k], from) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* Breadth first, so that the first state of a distribution is the nearest.
   Stops at `until` (-1: nowhere). */
static int
walk_from(walk *w, const _PyDistributions *map, int granted,
          const char *extra, int until)
{
    memset(w, 0, sizeof(*w));
    w->map = map;
    w->last = PyMem_RawCalloc((size_t)map->n_dists, sizeof(*w->last));
    if (w->last == NULL || reach(w, granted, extra, 0) < 0) {
        return -1;
    }
    for (size_t i = 0; i < w->states.n; i++) {
        if (until >= 0 && w->last[until] > 0) {
            break;
        }
        if (follow(w, i) < 0) {
            return -1;
        }
    }
    return 0;
}

static void
end_walk(walk *w)
{
    _PyDistArray_Free(&w->states);
    PyMem_RawFree(w->last);
}

/* Whom does it cover, as a set of bits?  NULL for lack of memory, which the
   caller takes for "nobody", and which leaves no trace: the next question
   tries again. */
static uint64_t *
closure_of(const _PyDistributions *map, int granted, const char *extra)
{
    _Atomic(uint64_t *) *kept = &map->closures[
        extra == every_extra ? granted : map->n_dists + granted];
    uint64_t *closure = atomic_load_explicit(kept, memory_order_acquire);
    if (closure != NULL) {
        return closure;
    }
    walk w;
    if (walk_from(&w, map, granted, extra, -1) == 0) {
        closure = PyMem_RawCalloc((size_t)map->n_dists / 64 + 1,
                                  sizeof(*closure));
    }
    if (closure != NULL) {
        for (int i = 0; i < map->n_dists; i++) {
            closure[i / 64] |= (uint64_t)(w.last[i] > 0) << (i % 64);
        }
        uint64_t *first = NULL;
        if (!atomic_compare_exchange_strong(kept, &first, closure)) {
            PyMem_RawFree(closure);
            closure = first;
        }
    }
    end_walk(&w);
    return closure;
}

static bool
leads_to(const _PyDistributions *map, int granted, const char *extra,
         int dist)
{
    if (!_PyDist_IsValid(map, granted) || !_PyDist_IsValid(map, dist)) {
        return false;
    }
    if (granted == dist) {
        return true;
    }
    const uint64_t *closure = closure_of(map, granted, extra);
    return closure != NULL && (closure[dist / 64] >> (dist % 64) & 1);
}

bool
_PyDistributions_Covers(const _PyDistributions *map, int granted, int dist)
{
    return leads_to(map, granted, every_extra, dist);
}

bool
_PyDistributions_Requires(const _PyDistributions *map, int granted, int dist)
{
    return leads_to(map, granted, no_extra, dist);
}

/* The first owner that is not before `namespace` and a dot. */
static size_t
first_below(const _PyDistributions *map, const char *namespace, size_t n)
{
    size_t low = 0, high = map->n_owners;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *name = map->owners[middle].principal;
        int r = strncmp(name, namespace, n);
        if (r < 0 || (r == 0 && (unsigned char)name[n] < '.')) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low;
}

/* Owners are in alphabetical order: what begins with the namespace and a dot
   stands in one row. */
const char *
_PyDistributions_Below(const _PyDistributions *map, const char *namespace,
                       size_t *cursor)
{
    size_t n = strlen(namespace);
    size_t i = *cursor > 0 ? *cursor : first_below(map, namespace, n);
    for (; i < map->n_owners; i++) {
        const _PyDistOwner *owner = &map->owners[i];
        if (strncmp(owner->principal, namespace, n) != 0
            || owner->principal[n] != '.')
        {
            break;
        }
        if (owner->dist >= 0) {
            *cursor = i + 1;
            return owner->principal;
        }
    }
    *cursor = map->n_owners;
    return NULL;
}

size_t
_PyDistributions_Path(const _PyDistributions *map, int granted, int dist,
                      int *out, size_t n)
{
    walk w;
    size_t length = 0;
    if (!_PyDist_IsValid(map, granted) || !_PyDist_IsValid(map, dist)) {
        return 0;
    }
    if (walk_from(&w, map, granted, every_extra, dist) == 0
        && w.last[dist] > 0)
    {
        size_t end = w.last[dist] - 1;
        /* The walk stopped at the first state, but that one may have been
           followed by others from the same requirement. */
        while (state_at(&w, end)->same > 0) {
            end = state_at(&w, end)->same - 1;      /* its first state */
        }
        for (size_t i = end; i > 0; i = state_at(&w, i)->from) {
            length++;
        }
        length++;
        for (size_t i = end, k = length; k-- > 0; i = state_at(&w, i)->from) {
            if (k < n) {
                out[k] = state_at(&w, i)->dist;
            }
        }
    }
    end_walk(&w);
    return length;
}
