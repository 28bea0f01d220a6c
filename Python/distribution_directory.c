/* What is installed in this directory of the search path?

   Each NAME-VERSION.dist-info directory in it is a distribution: METADATA
   says what it is called and what it requires, RECORD which packages are its
   own.  And whatever else could be imported from here is noted by name, so
   that a claim on something that lies elsewhere can be told from one on what
   the distribution has brought.

   A dist-info directory whose METADATA is missing, damaged, or of another
   name than the directory has no name, but what its RECORD claims is claimed
   all the same: otherwise a stranger who claims the same would be left as
   the only one.  And one that another distribution's RECORD lists was put
   there by that distribution, perhaps in order to pass for one that somebody
   requires: it is void as well.  Directories in the older format, .egg-info,
   do not count.

   distribution.c calls this for each directory. */

#include "pycore_distribution_impl.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static inline _PyDistInfo *
info_at(_PyDistReader *reader, int index)
{
    return (_PyDistInfo *)reader->infos.items + index;
}

/* Relative to the directory that is open: it is the same one throughout,
   whatever happens to its name meanwhile. */
_PyDistFile_Status
_PyDistReader_File(_PyDistReader *reader, const char *directory,
                   const char *file, size_t limit, bool head)
{
    char path[NAME_MAX + 32];
    int n = snprintf(path, sizeof(path), "%s/%s", directory, file);
    if (n < 0 || (size_t)n >= sizeof(path)) {
        return _PyDistFile_REFUSED;
    }
    return _PyDistBuffer_Read(&reader->buffer, reader->dirfd, path,
                              limit, head);
}

/* One distribution.  Whatever is wrong with it makes it void and is no
   error: that a stranger broke his own metadata must not keep the rest from
   being judged.  Claims are added to one array for all, and each info knows
   which part of it is its own. */
static int
read_dist_info(_PyDistReader *reader, const char *directory)
{
    int index = (int)reader->infos.n;
    _PyDistInfo *info = _PyDistArray_Append(&reader->infos, sizeof(*info));
    if (info == NULL) {
        return -1;
    }
    info->dir = reader->dir;
    info->version = "";
    info->directory = _PyDistArena_String(&reader->scratch, directory,
                                          strlen(directory));
    if (info->directory == NULL) {
        return -1;
    }
    switch (_PyDistReader_File(reader, directory, "METADATA",
                               _PyDistribution_MAX_METADATA, true)) {
    case _PyDistFile_OK:
        if (_PyDistReader_Metadata(reader, info) < 0) {
            return -1;
        }
        break;
    case _PyDistFile_NO_MEMORY:
        return -1;
    default:
        break;
    }
    info->is_void |= info->name == NULL;
    info->first_claim = reader->claims.n;
    int result = _PyDistReader_Claims(reader, index);
    info = info_at(reader, index);
    info->n_claims = reader->claims.n - info->first_claim;
    return result;
}

/* For strings, and for structures that begin with one. */
static int
by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Note what could be imported from here. */
static int
note_entry(_PyDistReader *reader, const char *name, size_t len)
{
    size_t stem = _PyDistRecord_ModuleStem(name, len);
    bool is_module = stem > 0;
    if (!is_module && !_PyDistRecord_IsIdentifier(name, len)) {
        return 0;
    }
    const char *copy = _PyDistArena_String(reader->keep, name,
                                           is_module ? stem : len);
    _PyDistEntry *entry = copy == NULL ? NULL
        : _PyDistArray_Append(&reader->entries, sizeof(*entry));
    if (entry == NULL) {
        return -1;
    }
    *entry = (_PyDistEntry){copy, is_module};
    return 0;
}

static int
read_entries(_PyDistReader *reader, DIR *dir)
{
    struct dirent *found;
    while ((found = readdir(dir)) != NULL) {
        const char *name = found->d_name;
        size_t len = strlen(name);
        int result = 0;
        /* Installers rename what they are about to remove to begin with
           "~"; it is not installed any more. */
        if (name[0] == '.' || name[0] == '~') {
            continue;
        }
        if (!_PyDistribution_IsInfo(name, len)) {
            result = note_entry(reader, name, len);
        }
        else if (reader->infos.n < _PyDistribution_MAX_COUNT) {
            result = read_dist_info(reader, name);
        }
        if (result < 0) {
            return -1;
        }
    }
    return 0;
}

/* They outlive the reading: what is elsewhere is asked for editable installs
   at any time. */
static int
keep_entries(_PyDistReader *reader, _PyDistDirectory *out)
{
    size_t size = reader->entries.n * sizeof(_PyDistEntry);
    if (size == 0) {
        return 0;
    }
    out->entries = _PyDistArena_Alloc(reader->keep, size);
    if (out->entries == NULL) {
        return -1;
    }
    memcpy(out->entries, reader->entries.items, size);
    out->n_entries = reader->entries.n;
    /* The name comes first in the structure. */
    qsort(out->entries, out->n_entries, sizeof(_PyDistEntry), by_name);
    return 0;
}

/* What another distribution brought along is no distribution. */
static void
void_foreign(_PyDistReader *reader, size_t first)
{
    _PyDistArray *list = &reader->foreign;
    if (list->n == 0) {
        return;
    }
    qsort(list->items, list->n, sizeof(char *), by_name);
    for (size_t i = first; i < reader->infos.n; i++) {
        _PyDistInfo *info = info_at(reader, (int)i);
        if (bsearch(&info->directory, list->items, list->n, sizeof(char *),
                    by_name) != NULL)
        {
            info->is_void = true;
        }
    }
}

int
_PyDistReader_Directory(_PyDistReader *reader, const char *path, int dir,
                        _PyDistDirectory *out)
{
    DIR *opened = opendir(path);
    if (opened == NULL) {
        return errno == ENOMEM ? -1 : 0;
    }
    size_t first = reader->infos.n;
    reader->path = path;
    reader->dirfd = dirfd(opened);
    reader->dir = dir;
    reader->foreign.n = 0;
    reader->entries.n = 0;
    int result = read_entries(reader, opened);
    if (result == 0) {
        void_foreign(reader, first);
        result = keep_entries(reader, out);
    }
    closedir(opened);
    return result;
}

bool
_PyDistDirectory_Has(const _PyDistDirectory *dir, const char *principal)
{
    char top[_PyDistribution_MAX_PRINCIPAL];
    size_t n = strcspn(principal, ".");
    if (n >= sizeof(top)) {
        return true;            /* nobody asks, but the safe side is this */
    }
    memcpy(top, principal, n);
    top[n] = '\0';
    const char *key = top;
    const _PyDistEntry *entry = dir->n_entries == 0 ? NULL
        : bsearch(&key, dir->entries, dir->n_entries, sizeof(*entry),
                  by_name);
    if (entry == NULL) {
        return false;
    }
    /* A directory that was left behind empty is not a package, and it takes
       the disk to see that. */
    return (principal[n] == '\0' && entry->is_module)
           || _PyDistRoot_Has(&dir->root, principal);
}
