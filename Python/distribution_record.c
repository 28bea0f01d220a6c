/* What does one installed distribution say of itself?

   For each NAME-VERSION.dist-info directory: its name, version and
   requirements from METADATA, and from RECORD, the list of its files, the
   principals that it claims.  A principal is the first real package below
   whatever namespaces lead to it, or a module that stands alone:

       requests/__init__.py                   claims   requests
       requests/adapters.py                            (part of it)
       google/cloud/storage/__init__.py                google.cloud.storage
       six.py, _cffi_backend.abi3.so                   six, _cffi_backend

   Nobody vouches for what stands in these files; they came with the package.
   So each distribution only claims here, and distribution.c compares the
   claims of all.  A dist-info directory whose METADATA is missing, damaged,
   or of another name than the directory has no name, but what its RECORD
   claims is claimed all the same: otherwise a stranger who claims the same
   would be left as the only one.  And a dist-info directory that another
   distribution's RECORD lists was put there by that distribution, perhaps in
   order to pass for one that somebody requires: it is void as well.

   A RECORD is absent where the system's package manager took it away; then
   top_level.txt is read in its place, if it is there.  Directories in the
   older format, .egg-info, do not count. */

#include "pycore_distribution_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SUFFIX_LEN _PyDistribution_SUFFIX_LEN

/* A piece of a RECORD: a path without its suffix. */
typedef struct {
    const char *path;
    size_t len;
    bool is_package;
} module;

static inline _PyDistInfo *
info_at(_PyDistReader *reader, int index)
{
    return (_PyDistInfo *)reader->infos.items + index;
}

static bool
has_suffix(const char *name, size_t len)
{
    return len > SUFFIX_LEN
           && memcmp(name + len - SUFFIX_LEN, _PyDistribution_SUFFIX,
                     SUFFIX_LEN) == 0;
}


/* --- Names of modules --------------------------------------------------- */

bool
_PyDistRecord_IsIdentifier(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool digit = c >= '0' && c <= '9';
        if (!(c >= 0x80 || c == '_' || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z') || (digit && i > 0)))
        {
            return false;
        }
    }
    return len > 0 && !(len == 11 && memcmp(text, "__pycache__", len) == 0);
}

size_t
_PyDistRecord_ModuleStem(const char *file, size_t len)
{
    const char *dot = memchr(file, '.', len);
    if (dot == NULL) {
        return 0;
    }
    size_t stem = dot - file, n = len - stem;
    bool is_module =
        (n == 3 && (memcmp(dot, ".py", n) == 0 || memcmp(dot, ".so", n) == 0))
        || (n == 4 && memcmp(dot, ".pyc", n) == 0)
        /* .abi3.so, .cpython-313-x86_64-linux-gnu.so.  For which interpreter
           does not matter: a claim too many harms nobody else. */
        || (n == 8 && memcmp(dot, ".abi3.so", 8) == 0)
        || (n > 12 && memcmp(dot, ".cpython-", 9) == 0
            && memcmp(dot + n - 3, ".so", 3) == 0);
    return is_module && _PyDistRecord_IsIdentifier(file, stem) ? stem : 0;
}

int
_PyDistReader_Claim(_PyDistReader *reader, int info,
                    const char *principal, size_t len)
{
    /* The application's name is not to be had. */
    if (len >= _PyDistribution_MAX_PRINCIPAL
        || (len == 8 && memcmp(principal, "__main__", len) == 0))
    {
        return 0;
    }
    char *name = _PyDistArena_String(&reader->scratch, principal, len);
    _PyDistClaim *claim = name == NULL ? NULL
        : _PyDistArray_Append(&reader->claims, sizeof(*claim));
    if (claim == NULL) {
        return -1;
    }
    for (char *p = name; *p; p++) {
        *p = *p == '/' ? '.' : *p;
    }
    claim->principal = name;
    claim->info = info;
    return 0;
}


/* --- RECORD ------------------------------------------------------------- */

typedef struct {
    _PyDistReader *reader;
    const char *own;            /* this dist-info directory */
    const char *pth[8];         /* `.pth` files at the top, */
    const char *finder[2];      /* and what setuptools makes in their place */
    size_t n_pth, n_finder;
    const char *package;        /* the package seen last, slash included */
    size_t package_len;
} record;

/* A dist-info directory that is not this distribution's. */
static int
note_foreign(record *r, const char *directory, size_t len)
{
    _PyDistArray *list = &r->reader->foreign;
    const char **names = list->items;
    const char *last = list->n > 0 ? names[list->n - 1] : "";
    if ((strlen(r->own) == len && memcmp(r->own, directory, len) == 0)
        || (strlen(last) == len && memcmp(last, directory, len) == 0))
    {
        return 0;
    }
    const char *copy = _PyDistArena_String(&r->reader->scratch,
                                           directory, len);
    const char **slot = copy == NULL ? NULL
        : _PyDistArray_Append(list, sizeof(*slot));
    if (slot == NULL) {
        return -1;
    }
    *slot = copy;
    return 0;
}

/* Files at the top that open other directories. */
static int
note_opener(record *r, const char *file, size_t len)
{
    static const char mark[] = "__editable__";
    const char **list = NULL;
    if (len > 4 && memcmp(file + len - 4, ".pth", 4) == 0 && r->n_pth < 7) {
        list = &r->pth[r->n_pth++];
    }
    else if (len > sizeof(mark) && memcmp(file, mark, sizeof(mark) - 1) == 0
             && memcmp(file + len - 3, ".py", 3) == 0 && r->n_finder < 1)
    {
        list = &r->finder[r->n_finder++];
    }
    if (list != NULL) {
        *list = _PyDistArena_String(&r->reader->scratch, file, len);
        if (*list == NULL) {
            return -1;
        }
    }
    return 0;
}

static int
note_module(record *r, const char *path, size_t file_at, size_t stem)
{
    _PyDistArray *modules = &r->reader->modules;
    bool package = stem == 8 && memcmp(path + file_at, "__init__", 8) == 0;
    if ((package && file_at == 0)
        || modules->n >= _PyDistribution_MAX_MODULES)
    {
        return 0;
    }
    module *m = _PyDistArray_Append(modules, sizeof(*m));
    if (m == NULL) {
        return -1;
    }
    *m = (module){path, package ? file_at - 1 : file_at + stem, package};
    if (package) {
        r->package = path;
        r->package_len = file_at;
    }
    return 0;
}

/* One path of the list.  A path that is absolute, climbs, or has a component
   that cannot be imported gives nothing. */
static int
read_path(record *r, const char *path, size_t len)
{
    const char *file = path, *end = path + len, *slash;
    while ((slash = memchr(file, '/', end - file)) != NULL) {
        size_t n = slash - file;
        if (!_PyDistRecord_IsIdentifier(file, n)) {
            return file == path && has_suffix(path, n)
                   ? note_foreign(r, path, n) : 0;
        }
        file = slash + 1;
    }
    if (file == path && note_opener(r, path, len) < 0) {
        return -1;
    }
    size_t stem = _PyDistRecord_ModuleStem(file, end - file);
    return stem > 0 ? note_module(r, path, file - path, stem) : 0;
}

/* Ancestors before what is below them: among bytes that names consist of,
   "/" is the smallest. */
static int
by_path(const void *left, const void *right)
{
    const module *a = left, *b = right;
    size_t n = a->len < b->len ? a->len : b->len;
    int r = memcmp(a->path, b->path, n);
    return r ? r : (a->len > b->len) - (a->len < b->len);
}

/* Keep what is not part of a package that is itself in the list. */
static int
claim_modules(_PyDistReader *reader, int info)
{
    _PyDistArray *modules = &reader->modules;
    const module *package = NULL, *last = NULL;
    if (modules->n >= _PyDistribution_MAX_MODULES) {
        return 0;
    }
    if (modules->n > 1) {
        qsort(modules->items, modules->n, sizeof(module), by_path);
    }
    for (size_t i = 0; i < modules->n; i++) {
        const module *m = (const module *)modules->items + i;
        if (package != NULL && m->len > package->len
            && m->path[package->len] == '/'
            && memcmp(m->path, package->path, package->len) == 0)
        {
            continue;
        }
        if (m->is_package) {
            package = m;
        }
        if ((last == NULL || by_path(m, last) != 0)
            && _PyDistReader_Claim(reader, info, m->path, m->len) < 0)
        {
            return -1;
        }
        last = m;
    }
    return 0;
}

static int
read_line(record *r, const char *line, size_t len)
{
    if (len > r->package_len && r->package_len > 0
        && memcmp(line, r->package, r->package_len) == 0)
    {
        return 0;       /* inside the package seen last: nothing new */
    }
    if (len > 0 && line[0] == '"') {
        /* No module's name needs quotes inside of quotes. */
        const char *close = memchr(line + 1, '"', len - 1);
        return close == NULL ? 0 : read_path(r, line + 1, close - line - 1);
    }
    const char *comma = memchr(line, ',', len);
    return read_path(r, line, comma != NULL ? (size_t)(comma - line) : len);
}

static int
read_record(record *r, int info)
{
    const _PyDistBuffer *buffer = &r->reader->buffer;
    const char *p = buffer->text, *end = p + buffer->len;
    r->reader->modules.n = 0;
    while (p < end) {
        const char *newline = memchr(p, '\n', end - p);
        const char *stop = newline != NULL ? newline : end;
        size_t len = stop - p;
        len -= len > 0 && p[len - 1] == '\r';
        if (read_line(r, p, len) < 0) {
            return -1;
        }
        p = stop + 1;
    }
    return claim_modules(r->reader, info);
}

/* One name a line. */
static int
read_top_level(_PyDistReader *reader, int info)
{
    const char *p = reader->buffer.text, *end = p + reader->buffer.len;
    for (; p < end; p++) {
        size_t n = strcspn(p, "\r\n");
        bool usable = n > 0;
        for (size_t at = 0, part; usable && at <= n; at += part + 1) {
            const char *slash = memchr(p + at, '/', n - at);
            part = slash != NULL ? (size_t)(slash - p) - at : n - at;
            usable = _PyDistRecord_IsIdentifier(p + at, part);
        }
        if (usable && _PyDistReader_Claim(reader, info, p, n) < 0) {
            return -1;
        }
        p += n;
    }
    return 0;
}


/* --- Directories -------------------------------------------------------- */

/* Read a file of the dist-info directory into the buffer. */
static _PyDistFile_Status
read_file(_PyDistReader *reader, const char *directory, const char *file,
          size_t limit, bool head)
{
    char path[NAME_MAX + 32];
    int n = snprintf(path, sizeof(path), "%s/%s", directory, file);
    if (n < 0 || (size_t)n >= sizeof(path)) {
        return _PyDistFile_REFUSED;
    }
    return _PyDistBuffer_Read(&reader->buffer, reader->dirfd, path,
                              limit, head);
}

static int
read_claims(_PyDistReader *reader, int index)
{
    record r = {.reader = reader, .own = info_at(reader, index)->directory};
    _PyDistFile_Status status = read_file(
        reader, r.own, "RECORD", _PyDistribution_MAX_RECORD, false);
    int result = 0;
    if (status == _PyDistFile_OK) {
        result = read_record(&r, index);
    }
    else if (status == _PyDistFile_ABSENT) {
        status = read_file(reader, r.own, "top_level.txt",
                           _PyDistribution_MAX_SMALL, false);
        if (status == _PyDistFile_OK) {
            result = read_top_level(reader, index);
        }
    }
    if (status == _PyDistFile_NO_MEMORY || result < 0) {
        return -1;
    }
    if (r.n_pth + r.n_finder > 0 && !info_at(reader, index)->is_void) {
        return _PyDistReader_Editable(reader, index, r.pth, r.finder);
    }
    return 0;
}

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
    switch (read_file(reader, directory, "METADATA",
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
    int result = read_claims(reader, index);
    info = info_at(reader, index);
    info->n_claims = reader->claims.n - info->first_claim;
    return result;
}

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
        if (!has_suffix(name, len)) {
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
