/* Who owns a package, and what does it require?

   A grant to a dependency extends to what its distribution requires.  This
   file answers from a snapshot of what is installed; the other
   distribution*.c files make that snapshot:

       dist-info directories --record--> claims and requirements
                             --build---> owners and edges
                             --here----> OwnerOf, Editable
                             --ancestor> Covers, Path

   Principals (import names) and distributions (what one installs) are two
   things: PyYAML owns `yaml`, attrs owns `attr` and `attrs`, and nobody owns
   what is contested.  All that one distribution owns is one principal.

   Two questions look at the disk again, both about source trees that are
   installed by reference (editable): what is in those changes while one
   works on it.  All other answers are as of the moment of reading.

   principal_file.c builds the snapshot when a judgement first needs it; the
   gate and its messages ask.  Everything is in C memory and immutable, so
   that any number of interpreters share it. */

#include "pycore_distribution_impl.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>


/* --- Reading ------------------------------------------------------------ */

/* The directories in the order of the search path: their indices, by which
   all later steps compare who comes first, follow it.  A path that is not
   there today gets no index; nothing can be imported from it. */
static int
read_directories(_PyDistributions *map, _PyDistReader *reader,
                 const char *const *dirs, size_t n)
{
    map->dirs = _PyDistArena_Alloc(&map->arena,
                                   (n + 1) * sizeof(_PyDistDirectory));
    if (map->dirs == NULL) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        char real[PATH_MAX];
        bool seen = false;
        if (realpath(dirs[i], real) == NULL) {
            continue;
        }
        for (size_t k = 0; k < map->n_dirs; k++) {
            seen |= strcmp(map->dirs[k].root.real, real) == 0;
        }
        if (seen) {
            continue;           /* a directory has no two opinions */
        }
        _PyDistDirectory *dir = &map->dirs[map->n_dirs];
        dir->root.path = _PyDistArena_String(&map->arena, dirs[i],
                                             strlen(dirs[i]));
        dir->root.real = _PyDistArena_String(&map->arena, real, strlen(real));
        dir->root.prefix = "";
        if (dir->root.path == NULL || dir->root.real == NULL
            || _PyDistReader_Directory(reader, dir->root.real,
                                       (int)map->n_dirs, dir) < 0)
        {
            return -1;
        }
        map->n_dirs++;
    }
    return 0;
}

/* Filled in by distribution_ancestor.c, one at a time, as they are asked
   for: most programs grant to a handful of dependencies. */
static int
make_closures(_PyDistributions *map)
{
    size_t n = (size_t)map->n_dists * 2 + 1;
    map->closures = _PyDistArena_Alloc(&map->arena,
                                       n * sizeof(*map->closures));
    if (map->closures == NULL) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        atomic_init(&map->closures[i], NULL);
    }
    return 0;
}

/* All that the reading needed and the snapshot does not. */
static void
clear_reader(_PyDistReader *reader)
{
    _PyDistArena_Free(&reader->scratch);
    _PyDistArray_Free(&reader->infos);
    _PyDistArray_Free(&reader->claims);
    _PyDistArray_Free(&reader->modules);
    _PyDistArray_Free(&reader->foreign);
    _PyDistArray_Free(&reader->entries);
    PyMem_RawFree(reader->buffer.text);
}

int
_PyDistributions_Complete(_PyDistributions *map, _PyDistReader *reader,
                          const _PyMarkerEnvironment *env)
{
    return _PyDistributions_Assemble(map, reader, env) < 0
           ? -1 : make_closures(map);
}

_PyDistributions *
_PyDistReader_Finish(_PyDistributions *map, _PyDistReader *reader, int result)
{
    clear_reader(reader);
    if (result < 0) {
        _PyDistributions_Free(map);
        return NULL;
    }
    return map;
}

_PyDistributions *
_PyDistributions_Read(const char *const *dirs, size_t n_dirs,
                      const char *python_version_full)
{
    _PyMarkerEnvironment env;
    _PyDistributions *map = PyMem_RawCalloc(1, sizeof(*map));
    if (map == NULL) {
        return NULL;
    }
    _PyDistReader reader = {.keep = &map->arena};
    _PyMarkerEnvironment_Init(&env, python_version_full);
    int result = read_directories(map, &reader, dirs, n_dirs);
    if (result == 0) {
        result = _PyDistributions_Complete(map, &reader, &env);
    }
    return _PyDistReader_Finish(map, &reader, result);
}

void
_PyDistributions_Free(_PyDistributions *map)
{
    if (map == NULL) {
        return;
    }
    for (int i = 0; map->closures != NULL && i < map->n_dists; i++) {
        PyMem_RawFree(atomic_load(&map->closures[i]));
        PyMem_RawFree(atomic_load(&map->closures[map->n_dists + i]));
    }
    _PyDistArena_Free(&map->arena);
    PyMem_RawFree(map);
}


/* --- Distributions ------------------------------------------------------ */

static int
by_dist_name(const void *name, const void *dist)
{
    return strcmp(name, ((const _PyDist *)dist)->name);
}

/* People write `PyYAML`, METADATA says `PyYAML`, requirements say `pyyaml`:
   one name, so each question about names normalises first. */
int
_PyDistributions_Find(const _PyDistributions *map, const char *name)
{
    char normal[_PyDistribution_MAX_NAME];
    if (map->n_dists == 0
        || !_PyDistribution_Normalise(name, strlen(name),
                                      normal, sizeof(normal)))
    {
        return -1;
    }
    const _PyDist *found = bsearch(normal, map->dists, (size_t)map->n_dists,
                                   sizeof(_PyDist), by_dist_name);
    return found == NULL ? -1 : (int)(found - map->dists);
}

int
_PyDistributions_Count(const _PyDistributions *map)
{
    return map->n_dists;
}

const char *
_PyDistributions_Name(const _PyDistributions *map, int dist)
{
    return _PyDist_IsValid(map, dist) ? map->dists[dist].name : NULL;
}

const char *
_PyDistributions_Version(const _PyDistributions *map, int dist)
{
    return _PyDist_IsValid(map, dist) ? map->dists[dist].version : NULL;
}

const char *
_PyDistributions_Principal(const _PyDistributions *map, int dist, size_t i)
{
    if (!_PyDist_IsValid(map, dist) || i >= map->dists[dist].n_principals) {
        return NULL;
    }
    return map->dists[dist].principals[i];
}

int
_PyDistributions_Requirement(const _PyDistributions *map, int dist, size_t i,
                             bool *plain)
{
    if (!_PyDist_IsValid(map, dist) || i >= map->dists[dist].n_edges) {
        return -1;
    }
    const _PyDistEdge *edge = &map->dists[dist].edges[i];
    *plain = edge->plain;
    return edge->target;
}


/* --- Owners ------------------------------------------------------------- */

enum { UNCLAIMED = -2, CONTESTED = -1 };

static int
by_owned_name(const void *principal, const void *owner)
{
    return strcmp(principal, ((const _PyDistOwner *)owner)->principal);
}

static const _PyDistOwner *
row_of(const _PyDistributions *map, const char *principal)
{
    return map->n_owners == 0 ? NULL
        : bsearch(principal, map->owners, map->n_owners,
                  sizeof(_PyDistOwner), by_owned_name);
}

bool
_PyDistributions_IsOwned(const _PyDistributions *map, const char *principal)
{
    const _PyDistOwner *found = row_of(map, principal);
    return found != NULL && found->dist >= 0;
}

/* The editable install with such a module in its tree.  What has the same
   name in a directory of the search path is imported first, so the name is
   not the tree's to give. */
static int
editable_owner(const _PyDistributions *map, const char *principal)
{
    int owner = UNCLAIMED;
    for (int i = 0; map->editable && i < map->n_dists; i++) {
        const _PyDist *dist = &map->dists[i];
        for (size_t k = 0; k < dist->n_roots; k++) {
            if (owner != i && _PyDistRoot_Has(&dist->roots[k], principal)) {
                if (owner != UNCLAIMED) {
                    return CONTESTED;
                }
                owner = i;
            }
        }
    }
    for (size_t d = 0; owner >= 0 && d < map->n_dirs; d++) {
        if (_PyDistDirectory_Has(&map->dirs[d], principal)) {
            return CONTESTED;
        }
    }
    return owner;
}

/* Both sources must agree or one be silent.  They disagree where a package
   was installed over one that is being developed, or pretends to be. */
static int
find_owner(const _PyDistributions *map, const char *principal)
{
    if (strcmp(principal, "__main__") == 0) {
        return UNCLAIMED;       /* the application, whoever claims it */
    }
    const _PyDistOwner *found = row_of(map, principal);
    int owner = editable_owner(map, principal);
    if (found == NULL || found->dist == owner) {
        return owner;
    }
    return owner == UNCLAIMED ? found->dist : CONTESTED;
}

int
_PyDistributions_OwnerOf(const _PyDistributions *map, const char *principal)
{
    int owner = find_owner(map, principal);
    return owner >= 0 ? owner : -1;
}

bool
_PyDistributions_IsContested(const _PyDistributions *map,
                             const char *principal)
{
    return find_owner(map, principal) == CONTESTED;
}

/* Paths are compared as text, so they must be plain. */
static bool
is_plain(const char *path)
{
    const char *p = path;
    for (; *p == '/'; p += strcspn(p, "/")) {
        p++;
        size_t n = strcspn(p, "/");
        if (n == 0 || (n == 1 && p[0] == '.')
            || (n == 2 && p[0] == '.' && p[1] == '.'))
        {
            return false;
        }
    }
    return p != path && *p == '\0';
}

/* Below, not the same: a directory is no module. */
static bool
is_below(const char *path, const char *base)
{
    size_t n = strlen(base);
    return strncmp(path, base, n) == 0 && path[n] == '/';
}

/* What lies in the search path has its owner by RECORD.  A project with its
   environment inside of it does not own what is installed there. */
static bool
is_searched(const _PyDistributions *map, const char *path)
{
    for (size_t d = 0; d < map->n_dirs; d++) {
        if (is_below(path, map->dirs[d].root.path)
            || is_below(path, map->dirs[d].root.real))
        {
            return true;
        }
    }
    return false;
}

bool
_PyDistributions_Editable(const _PyDistributions *map, const char *path,
                          char *name_out, size_t size)
{
    char name[_PyDistribution_MAX_PRINCIPAL];
    size_t longest = 0;
    int found = -1;
    name_out[0] = '\0';
    if (!is_plain(path) || is_searched(map, path)) {
        return false;
    }
    for (int i = 0; i < map->n_dists; i++) {
        const _PyDist *dist = &map->dists[i];
        for (size_t k = 0; k < dist->n_roots; k++) {
            size_t len = strlen(dist->roots[k].real);
            /* A project may lie in another's tree; the inner one counts. */
            if (len > longest && _PyDistRoot_NameOf(&dist->roots[k], path,
                                                    name, sizeof(name)))
            {
                found = i;
                longest = len;
                if (strlen(name) >= size) {
                    return false;
                }
                strcpy(name_out, name);
            }
        }
    }
    /* Without this, a distribution could call a tree of its own by the name
       of any package. */
    if (found < 0 || _PyDistributions_OwnerOf(map, name_out) != found) {
        name_out[0] = '\0';
        return false;
    }
    return true;
}
