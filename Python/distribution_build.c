/* Who is who among the installed distributions, and who has what?

   The reader brings claims: each dist-info directory says what it is called
   and which packages are its own.  Any of them may lie, and the lie that
   pays is to belong together with somebody who was granted something.  So a
   claim holds only where nobody disputes it:

   - Two dist-info directories of one name in one directory: none of them
     has the name, whichever came first.
   - The same name again further down the search path, as in a virtual
     environment over a system installation: the first one stands if it
     claims all that the later ones claim.  Those are never imported, then.
     Otherwise the name is void as well.
   - A principal that two distributions claim is contested and nobody's.
     Distributions without a valid name take part in that.
   - A principal that also lies in another directory of the search path,
     where its owner does not claim it, is contested: it depends on the
     order of sys.path whose code that is.

   What remains is renumbered by name.  Requirements that ask for something
   that is not installed are dropped; the others become edges, with the
   extras for which they hold. */

#include "pycore_distribution_impl.h"

/* Values beside indices of distributions. */
enum { NOBODY = -1, SHADOWED = -2 };

/* Names of extras in one requirement. */
#define MAX_EXTRAS 128

typedef struct {
    _PyDistributions *map;
    _PyDistReader *reader;
    const _PyMarkerEnvironment *env;
    int *order;                 /* indices of infos, by name and directory */
    size_t n_order;
    int *dist_of;               /* by info: its distribution, or NOBODY */
} builder;

static inline _PyDistInfo *
info_at(const builder *b, int index)
{
    return (_PyDistInfo *)b->reader->infos.items + index;
}

static inline _PyDistClaim *
claims_of(const builder *b, const _PyDistInfo *info)
{
    return (_PyDistClaim *)b->reader->claims.items + info->first_claim;
}


/* --- Who is who --------------------------------------------------------- */

static int
by_principal(const void *left, const void *right)
{
    const _PyDistClaim *a = left, *b = right;
    return strcmp(a->principal, b->principal);
}

/* Does `first` claim all that `later` claims? */
static bool
hides(const builder *b, const _PyDistInfo *first, const _PyDistInfo *later)
{
    _PyDistClaim *own = claims_of(b, first);
    const _PyDistClaim *other = claims_of(b, later);
    if (first->n_claims > 1) {
        qsort(own, first->n_claims, sizeof(*own), by_principal);
    }
    for (size_t i = 0; i < later->n_claims; i++) {
        bool found = first->n_claims > 0
            && bsearch(&other[i], own, first->n_claims, sizeof(*own),
                       by_principal) != NULL;
        for (size_t k = 0; k < first->n_roots && !found; k++) {
            found = _PyDistRoot_Has(&first->roots[k], other[i].principal);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* The dist-info directories of one name, in the order of the search path. */
static void
judge_name(builder *b, const int *group, size_t n)
{
    bool is_void = info_at(b, group[0])->is_void;
    for (size_t i = 1; i < n && !is_void; i++) {
        const _PyDistInfo *info = info_at(b, group[i]);
        is_void = info->is_void
                  || info->dir == info_at(b, group[i - 1])->dir
                  || !hides(b, info_at(b, group[0]), info);
    }
    for (size_t i = 0; i < n; i++) {
        info_at(b, group[i])->is_void = is_void;
        info_at(b, group[i])->is_shadowed = !is_void && i > 0;
    }
}

/* For qsort, which takes no context: names and directories as they are
   compared. */
typedef struct {
    const char *name;
    int dir, info;
} key;

static int
by_key(const void *left, const void *right)
{
    const key *a = left, *b = right;
    int r = strcmp(a->name, b->name);
    return r ? r : (a->dir > b->dir) - (a->dir < b->dir);
}

/* All distributions of one name stand together then, in the order of the
   search path. */
static int
sort_names(builder *b)
{
    size_t n = b->reader->infos.n;
    _PyDistArena *scratch = &b->reader->scratch;
    key *keys = _PyDistArena_Alloc(scratch, (n + 1) * sizeof(key));
    b->order = _PyDistArena_Alloc(scratch, (n + 1) * sizeof(int));
    b->dist_of = _PyDistArena_Alloc(scratch, (n + 1) * sizeof(int));
    if (keys == NULL || b->order == NULL || b->dist_of == NULL) {
        return -1;
    }
    size_t named = 0;
    for (size_t i = 0; i < n; i++) {
        const _PyDistInfo *info = info_at(b, (int)i);
        b->dist_of[i] = NOBODY;
        if (info->name != NULL) {
            keys[named++] = (key){info->name, info->dir, (int)i};
        }
    }
    qsort(keys, named, sizeof(key), by_key);
    for (size_t i = 0; i < named; i++) {
        b->order[i] = keys[i].info;
    }
    b->n_order = named;
    return 0;
}

/* Give numbers to those that have their name for themselves. */
static int
number_names(builder *b)
{
    _PyDistributions *map = b->map;
    map->dists = _PyDistArena_Alloc(&map->arena,
                                    (b->n_order + 1) * sizeof(_PyDist));
    if (map->dists == NULL) {
        return -1;
    }
    for (size_t i = 0, end; i < b->n_order; i = end) {
        const _PyDistInfo *first = info_at(b, b->order[i]);
        for (end = i + 1; end < b->n_order; end++) {
            if (strcmp(first->name, info_at(b, b->order[end])->name) != 0) {
                break;
            }
        }
        judge_name(b, b->order + i, end - i);
        for (size_t k = i; k < end; k++) {
            b->dist_of[b->order[k]] = first->is_void ? NOBODY : SHADOWED;
        }
        if (!first->is_void) {
            b->dist_of[b->order[i]] = map->n_dists;
            map->editable |= first->n_roots > 0;
            map->dists[map->n_dists++] = (_PyDist){
                .name = first->name, .version = first->version,
                .roots = first->roots, .n_roots = first->n_roots,
            };
        }
    }
    return 0;
}


/* --- Who has what ------------------------------------------------------- */

/* Is the principal to be found in a directory where none of its claims is
   from? */
static bool
is_elsewhere(const builder *b, const _PyDistClaim *claims, size_t n)
{
    for (size_t d = 0; d < b->map->n_dirs; d++) {
        bool claimed = false;
        for (size_t i = 0; i < n && !claimed; i++) {
            claimed = info_at(b, claims[i].info)->dir == (int)d;
        }
        if (!claimed
            && _PyDistDirectory_Has(&b->map->dirs[d], claims[0].principal))
        {
            return true;
        }
    }
    return false;
}

/* Whose are the claims, all on one principal? */
static int
judge_claims(const builder *b, const _PyDistClaim *claims, size_t n)
{
    int owner = SHADOWED;
    for (size_t i = 0; i < n; i++) {
        int dist = b->dist_of[claims[i].info];
        if (dist == SHADOWED || dist == owner) {
            continue;
        }
        if (dist == NOBODY || owner != SHADOWED) {
            return NOBODY;
        }
        owner = dist;
    }
    return owner < 0 || is_elsewhere(b, claims, n) ? NOBODY : owner;
}

/* One row for each principal that anybody claims.  Contested ones stay in
   the table: to be able to say why, and since "contested" is another answer
   than "of no distribution". */
static int
find_owners(builder *b)
{
    _PyDistributions *map = b->map;
    _PyDistClaim *claims = b->reader->claims.items;
    size_t n = b->reader->claims.n;
    map->owners = _PyDistArena_Alloc(&map->arena,
                                     (n + 1) * sizeof(_PyDistOwner));
    if (map->owners == NULL) {
        return -1;
    }
    if (n > 1) {
        qsort(claims, n, sizeof(*claims), by_principal);
    }
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n; end++) {
            if (by_principal(&claims[i], &claims[end]) != 0) {
                break;
            }
        }
        const char *name = claims[i].principal;
        name = _PyDistArena_String(&map->arena, name, strlen(name));
        if (name == NULL) {
            return -1;
        }
        int dist = judge_claims(b, claims + i, end - i);
        map->owners[map->n_owners++] = (_PyDistOwner){name, dist};
        if (dist >= 0) {
            map->dists[dist].n_principals++;
        }
    }
    return 0;
}

/* The same table, by distribution. */
static int
list_principals(_PyDistributions *map)
{
    for (int i = 0; i < map->n_dists; i++) {
        _PyDist *dist = &map->dists[i];
        dist->principals = _PyDistArena_Alloc(
            &map->arena, (dist->n_principals + 1) * sizeof(char *));
        if (dist->principals == NULL) {
            return -1;
        }
        dist->n_principals = 0;
    }
    for (size_t i = 0; i < map->n_owners; i++) {
        if (map->owners[i].dist >= 0) {
            _PyDist *dist = &map->dists[map->owners[i].dist];
            dist->principals[dist->n_principals++] = map->owners[i].principal;
        }
    }
    return 0;
}


/* --- Requirements ------------------------------------------------------- */

/* A list of names under construction. */
typedef struct {
    _PyDistArena *arena;
    const char *names[MAX_EXTRAS];
    uint16_t n;
    bool no_memory;
} names;

/* Also what a marker calls with each extra that it mentions.  False stops
   it: too many, or no memory; the requirement is then not to be judged. */
static bool
add_name(void *list, const char *name)
{
    names *l = list;
    for (int i = 0; i < l->n; i++) {
        if (strcmp(l->names[i], name) == 0) {
            return true;
        }
    }
    if (l->n == MAX_EXTRAS) {
        return false;
    }
    const char *copy = _PyDistArena_String(l->arena, name, strlen(name));
    l->no_memory |= copy == NULL;
    if (copy == NULL) {
        return false;
    }
    l->names[l->n++] = copy;
    return true;
}

/* Move the list to where it may stay; the names are there already. */
static const char **
keep_names(names *list)
{
    size_t size = list->n * sizeof(char *);
    const char **kept = _PyDistArena_Alloc(list->arena, size);
    if (kept != NULL) {
        memcpy(kept, list->names, size);
    }
    list->no_memory |= kept == NULL;
    return kept;
}

/* For which extras of the distribution that states it does it hold?  Any
   extra that the marker does not mention gives what no extra gives. */
static bool
judge_marker(const builder *b, const _PyRequirement *req, names *when,
             bool *plain)
{
    *plain = true;
    if (req->marker == NULL) {
        return true;
    }
    int r = _PyMarker_Evaluate(req->marker, req->marker_len, b->env, "",
                               add_name, when);
    *plain = r > 0;
    uint16_t kept = 0;
    for (uint16_t i = 0; r >= 0 && i < when->n; i++) {
        r = _PyMarker_Evaluate(req->marker, req->marker_len, b->env,
                               when->names[i], NULL, NULL);
        if (r > 0) {
            when->names[kept++] = when->names[i];
        }
    }
    when->n = kept;
    return r >= 0 && (*plain || kept > 0);
}

/* The extras that are asked of the target. */
static bool
read_asks(const _PyRequirement *req, names *asks)
{
    char name[_PyDistribution_MAX_NAME];
    size_t pos = 0;
    int r;
    while ((r = _PyRequirement_NextExtra(req, &pos, name,
                                         sizeof(name))) > 0) {
        if (!add_name(asks, name)) {
            return false;
        }
    }
    return r == 0;
}

/* 1: `edge` is filled in, 0: this requirement is none, -1: no memory. */
static int
read_requirement(const builder *b, const char *text, _PyDistEdge *edge)
{
    char name[_PyDistribution_MAX_NAME];
    names when = {.arena = &b->map->arena}, asks = {.arena = &b->map->arena};
    _PyRequirement req;
    if (!_PyRequirement_Parse(text, strlen(text), &req)
        || !_PyDistribution_Normalise(req.name, req.name_len,
                                      name, sizeof(name)))
    {
        return 0;
    }
    /* Looked up before the marker is judged, since most requirements that
       stand under one are not installed. */
    edge->target = _PyDistributions_Find(b->map, name);
    if (edge->target < 0) {
        return 0;
    }
    bool holds = judge_marker(b, &req, &when, &edge->plain)
                 && read_asks(&req, &asks);
    if (holds) {
        edge->when = keep_names(&when);
        edge->n_when = when.n;
        edge->asks = keep_names(&asks);
        edge->n_asks = asks.n;
    }
    return when.no_memory || asks.no_memory ? -1 : holds;
}

/* In the order in which they are stated, so that of two ways of one length
   messages show the one that comes first.  Most ask for what is not installed,
   so those that stay are moved to where they may. */
static int
read_edges(builder *b, const _PyDistInfo *info, _PyDist *dist)
{
    _PyDistEdge *edges = _PyDistArena_Alloc(
        &b->reader->scratch, (info->n_requires + 1) * sizeof(*edges));
    size_t n = 0;
    if (edges == NULL) {
        return -1;
    }
    for (size_t i = 0; i < info->n_requires; i++) {
        int r = read_requirement(b, info->requires[i], &edges[n]);
        if (r < 0) {
            return -1;
        }
        n += (size_t)r;
    }
    dist->edges = _PyDistArena_Alloc(&b->map->arena, n * sizeof(*edges));
    if (dist->edges == NULL) {
        return -1;
    }
    memcpy(dist->edges, edges, n * sizeof(*edges));
    dist->n_edges = n;
    return 0;
}

/* Names first: edges need numbers, and so do owners. */
int
_PyDistributions_Assemble(_PyDistributions *map, _PyDistReader *reader,
                          const _PyMarkerEnvironment *env)
{
    builder b = {.map = map, .reader = reader, .env = env};
    if (sort_names(&b) < 0 || number_names(&b) < 0 || find_owners(&b) < 0
        || list_principals(map) < 0)
    {
        return -1;
    }
    for (size_t i = 0; i < reader->infos.n; i++) {
        int dist = b.dist_of[i];
        if (dist >= 0
            && read_edges(&b, info_at(&b, (int)i), &map->dists[dist]) < 0)
        {
            return -1;
        }
    }
    return 0;
}
