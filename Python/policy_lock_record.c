/* What of a RECORD is the same wherever the same release is installed?

   A lock goes into version control and is compared on another machine.  Most
   of a RECORD is what the wheel says: each module with its SHA-256 and size.
   The rest is written by whoever installs, and differs: scripts have the
   environment's path in their first line and lie outside, compiled files may
   be there or not, and INSTALLER, REQUESTED or direct_url.json tell how it
   came here.  So the digest is that of the rows that do not, sorted, since
   installers have orders of their own:

       requests/__init__.py,sha256=FK-aw3e0…,5072
       requests-2.32.3.dist-info/METADATA,sha256=ZY7oR…,4610

   METADATA is among them, and the entry points, which other packages act on.

   The file that the digest is of is the only authority on its rows: they are
   looked up in the text that was hashed. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_policy_digest.h"
#include "pycore_policy_lock.h"

#include <stdlib.h>
#include <string.h>

typedef _PyPolicyLockRow Row;

/* --- Which rows count ---------------------------------------------------- */

static bool
is_text(const char *p, size_t n, const char *text)
{
    return strlen(text) == n && memcmp(p, text, n) == 0;
}

/* The second component of a path in a dist-info directory. */
static bool
counts_in_info(const char *p, size_t n)
{
    return is_text(p, n, "METADATA") || is_text(p, n, "entry_points.txt");
}

static bool
counts(const char *path, size_t len)
{
    static const char info[] = ".dist-info";
    const char *end = path + len;
    if (len == 0 || path[0] == '/') {
        return false;
    }
    for (const char *p = path, *slash; p < end; p = slash + 1) {
        slash = memchr(p, '/', (size_t)(end - p));
        slash = slash != NULL ? slash : end;
        size_t n = (size_t)(slash - p);
        if (is_text(p, n, "..") || is_text(p, n, "__pycache__")) {
            return false;
        }
        if (p == path && n > sizeof(info) - 1 && slash < end
            && memcmp(slash - (sizeof(info) - 1), info, sizeof(info) - 1) == 0)
        {
            return counts_in_info(slash + 1, (size_t)(end - slash) - 1);
        }
    }
    return true;
}

static int
by_line(const void *left, const void *right)
{
    const Row *a = left, *b = right;
    size_t n = a->len < b->len ? a->len : b->len;
    int r = memcmp(a->line, b->line, n);
    return r ? r : (a->len > b->len) - (a->len < b->len);
}

/* A path that needs quotes has a comma or a quote in it: no module's has, so
   such rows are hashed, and never found. */
int
_PyPolicyLock_ReadRecord(const char *text, size_t len,
                         _PyPolicyLockRecord *record)
{
    const char *end = text + len;
    size_t lines = 1;
    for (const char *p = text; (p = memchr(p, '\n', (size_t)(end - p)));
         p++)
    {
        lines++;
    }
    *record = (_PyPolicyLockRecord){PyMem_RawMalloc(lines * sizeof(Row)), 0};
    if (record->rows == NULL) {
        return -1;
    }
    for (const char *p = text, *stop; p < end; p = stop + 1) {
        stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop != NULL ? stop : end;
        size_t n = (size_t)(stop - p);
        n -= n > 0 && p[n - 1] == '\r';
        const char *comma = memchr(p, ',', n);
        size_t path = comma != NULL ? (size_t)(comma - p) : n;
        if (counts(p, path)) {
            record->rows[record->n++] = (Row){p, n, path};
        }
    }
    if (record->n > 1) {
        qsort(record->rows, record->n, sizeof(Row), by_line);
    }
    return 0;
}

int
_PyPolicyLock_Digest(const _PyPolicyLockRecord *record,
                     char digest[_PyPolicyLock_DIGEST])
{
    size_t size = 0, at = 0;
    for (size_t i = 0; i < record->n; i++) {
        size += record->rows[i].len + 1;
    }
    char *text = PyMem_RawMalloc(size + 1);
    if (text == NULL) {
        return -1;
    }
    for (size_t i = 0; i < record->n; i++) {
        const Row *row = &record->rows[i];
        if (i > 0 && by_line(row, row - 1) == 0) {
            continue;           /* some installers repeat themselves */
        }
        memcpy(text + at, row->line, row->len);
        at += row->len;
        text[at++] = '\n';
    }
    _PyPolicyDigest_Sha256(text, at, digest);
    PyMem_RawFree(text);
    return 0;
}


/* --- One file ------------------------------------------------------------ */

static int
by_path(const void *path, const void *item)
{
    const Row *row = item;
    size_t len = strlen(path);
    int r = memcmp(path, row->line,
                   len < row->path_len ? len : row->path_len);
    return r ? r : (len > row->path_len) - (len < row->path_len);
}

/* Behind the path: ",sha256=" and 43 characters, a comma, the size. */
static bool
parse_row(const Row *row, char pin[_PyPolicyLock_PIN], int64_t *size)
{
    static const char mark[] = ",sha256=";
    const char *p = row->line + row->path_len, *end = row->line + row->len;
    if ((size_t)(end - p) < sizeof(mark) - 1 + _PyPolicyLock_PIN
        || memcmp(p, mark, sizeof(mark) - 1) != 0)
    {
        return false;
    }
    p += sizeof(mark) - 1;
    memcpy(pin, p, _PyPolicyLock_PIN - 1);
    pin[_PyPolicyLock_PIN - 1] = '\0';
    p += _PyPolicyLock_PIN - 1;
    if (*p++ != ',' || strcspn(pin, ",") != _PyPolicyLock_PIN - 1) {
        return false;
    }
    *size = p < end ? 0 : -1;
    for (; p < end && *p >= '0' && *p <= '9' && *size < (1LL << 50); p++) {
        *size = *size * 10 + (*p - '0');
    }
    return p == end;
}

/* Rows are sorted as lines, in which a comma follows the path; so the paths
   are in order but for those that continue with a byte below it.  A module's
   path ends in a suffix, so none of them is the beginning of another. */
bool
_PyPolicyLock_Row(const _PyPolicyLockRecord *record, const char *path,
                  char pin[_PyPolicyLock_PIN], int64_t *size)
{
    const Row *row = record->n == 0 ? NULL
        : bsearch(path, record->rows, record->n, sizeof(Row), by_path);
    return row != NULL && parse_row(row, pin, size);
}

static int
digit_of(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

bool
_PyPolicyLock_IsPinned(const void *data, size_t len, const char *pin)
{
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char digest[_PyPolicyDigest_SIZE + 2], wanted[_PyPolicyLock_PIN];
    _PyPolicyDigest_Sha256(data, len, digest);
    digest[64] = digest[65] = '0';      /* 43 times 6 bits are 2 more */
    for (int i = 0; i < _PyPolicyLock_PIN - 1; i++) {
        /* Three digits are two characters. */
        int at = i / 2 * 3;
        int bits = digit_of(digest[at]) << 8 | digit_of(digest[at + 1]) << 4
                   | digit_of(digest[at + 2]);
        wanted[i] = ALPHABET[i % 2 ? bits & 63 : bits >> 6];
    }
    wanted[_PyPolicyLock_PIN - 1] = '\0';
    return strcmp(wanted, pin) == 0;
}
