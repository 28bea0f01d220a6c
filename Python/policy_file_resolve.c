/* Where will the system go by this path?

   A list of targets speaks of files, and a path is only one way to a file:
   relative to a directory, through "..", through symbolic links, through
   /proc/self/fd.  This file walks as the kernel does and finds the one path
   without any of these, which is what is judged.

   What does not exist yet is taken as written: only the directory that it is
   made in can have links.

   Below /proc/PID there are links that lead elsewhere than their text says:
   to pipes, to files that have no name any more, to name spaces.  Where the
   text is a path it is taken for what it says: judged and opened is then
   that path.  Where it is none, the link is judged by its own name, unless
   it is a descriptor of this process, which has what it refers to already.

   A path that has been judged is opened with RESOLVE_NO_SYMLINKS: if someone
   has put a link there since, opening fails, and the walk begins anew.  So
   there is nothing between the check and the use.  Where the system has no
   openat2() (or a filter forbids it), the same is done one directory at a
   time.

   Nothing here knows Python objects, or keeps any state but whether
   openat2() works. */

#include "Python.h"
#include "pycore_policy_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#  include <sys/syscall.h>
#  ifdef SYS_openat2
#    include <linux/openat2.h>
#  endif
#endif

/* As the kernel: more links than this are a loop. */
#define MAX_LINKS 40

/* --- Opening without links ---------------------------------------------- */

#ifdef SYS_openat2
/* 0 not tried, 1 works, -1 does not. */
static int openat2_works;

static int
call_openat2(const char *path, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (unsigned int)flags,
        .mode = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE
                ? mode & 07777 : 0,
        .resolve = RESOLVE_NO_SYMLINKS,
    };
    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static bool
has_openat2(void)
{
    int works = _Py_atomic_load_int_relaxed(&openat2_works);
    if (works == 0) {
        int fd = call_openat2("/", O_PATH | O_CLOEXEC, 0);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM
                       || errno == EINTR))
        {
            return true;        /* nothing can be opened; ask again */
        }
        works = fd >= 0 ? 1 : -1;
        if (fd >= 0) {
            close(fd);
        }
        _Py_atomic_store_int_relaxed(&openat2_works, works);
    }
    return works > 0;
}

/* openat2() refuses what open() ignores. */
static int
known_flags(int flags)
{
    if (flags & O_PATH) {
        return flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    return flags & (O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC
                    | O_APPEND | O_NONBLOCK | O_DSYNC | O_SYNC | O_ASYNC
                    | O_DIRECT | O_DIRECTORY | O_NOFOLLOW | O_NOATIME
                    | O_CLOEXEC | O_TMPFILE | O_LARGEFILE);
}
#endif

#ifndef O_PATH
#  define O_PATH O_RDONLY
#endif

static bool
is_link(int dir, const char *name)
{
    char byte;
    return readlinkat(dir, name, &byte, 1) >= 0;
}

/* Go down one directory; closes the one above.  -1 with errno. */
static int
go_down(int dir, const char *name)
{
    int next = openat(dir, name,
                      O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int saved = errno;
    if (next < 0 && is_link(dir, name)) {
        saved = ELOOP;
    }
    close(dir);
    errno = saved;
    return next;
}

static int
open_last(int dir, const char *name, int flags, mode_t mode)
{
    struct stat st;
    int fd = openat(dir, name, flags | O_NOFOLLOW, mode);
    if (fd >= 0 && !(flags & O_NOFOLLOW) && (flags & O_PATH) == O_PATH
        && O_PATH != O_RDONLY && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode))
    {
        close(fd);
        errno = ELOOP;
        return -1;
    }
    return fd;
}

static int
open_by_steps(const char *path, int flags, mode_t mode)
{
    char name[NAME_MAX + 1];
    int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    while (dir >= 0) {
        path += strspn(path, "/");
        size_t len = strcspn(path, "/");
        if (len > NAME_MAX) {
            close(dir);
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(name, path, len);
        name[len] = '\0';
        path += len;
        if (*path == '\0') {
            break;
        }
        dir = go_down(dir, name);
    }
    if (dir < 0) {
        return -1;
    }
    int fd = open_last(dir, *name ? name : ".", flags, mode);
    int saved = errno;
    close(dir);
    errno = saved;
    return fd;
}

int
_PyPolicyFile_OpenNoLinks(const char *path, int flags, mode_t mode)
{
#ifdef SYS_openat2
    if (has_openat2()) {
        return call_openat2(path, known_flags(flags), mode);
    }
#endif
    return open_by_steps(path, flags, mode);
}

/* --- What a path looks like --------------------------------------------- */

/* "//", or a component "." or "..". */
static bool
has_unclean(const char *path, size_t len)
{
    const char *end = path + len;
    for (const char *p = path; (p = memchr(p, '/', (size_t)(end - p))); p++) {
        if (p + 1 == end || p[1] == '/'
            || (p[1] == '.'
                && (p + 2 == end || p[2] == '/'
                    || (p[2] == '.' && (p + 3 == end || p[3] == '/')))))
        {
            return true;
        }
    }
    return false;
}

#define ALL(byte) ((byte) * (uint64_t)0x0101010101010101)

/* The high bit of each byte of the word that is zero; perhaps also of one that
   is 1 and stands behind a zero. */
static uint64_t
zeros(uint64_t word)
{
    return (word - ALL(1)) & ~word & ALL(0x80);
}

/* Does a "." or a "/" follow a "/" in these eight characters?  *slash is the
   high bit of the lowest byte if a "/" was before them, and is left so for
   those behind them.  A yes too many is possible. */
static bool
may_be_unclean(uint64_t word, uint64_t *slash)
{
    uint64_t slashes = zeros(word ^ ALL('/'));
    /* "." is 2E and "/" is 2F. */
    uint64_t either = zeros((word | ALL(1)) ^ ALL('/'));
    uint64_t after = slashes << 8 | *slash;
    *slash = slashes >> 56;
    return (after & either) != 0;
}

static uint64_t
load4(const char *path)
{
    uint32_t word;
    memcpy(&word, path, 4);
#if PY_BIG_ENDIAN
    word = __builtin_bswap32(word);
#endif
    return word;
}

/* The first eight of len > 0 characters, the first one lowest.  Of fewer than
   eight some are loaded twice, to the same place. */
static uint64_t
load(const char *path, size_t len)
{
    if (len >= 8) {
        return load4(path) | load4(path + 4) << 32;
    }
    if (len >= 4) {
        return load4(path) | load4(path + len - 4) << (len - 4) * 8;
    }
    size_t middle = len / 2, last = len - 1;
    return (uint64_t)Py_CHARMASK(path[0])
           | (uint64_t)Py_CHARMASK(path[middle]) << middle * 8
           | (uint64_t)Py_CHARMASK(path[last]) << last * 8;
}

/* Eight characters at a time, since every path that is opened comes by. */
bool
_PyPolicyFile_IsClean(const char *path, size_t len)
{
    uint64_t slash = 0;
    bool unsure = false;
    if (len < 2 || len >= PATH_MAX || path[0] != '/' || path[len - 1] == '/')
    {
        return false;
    }
    for (size_t i = 0; i < len; i += 8) {
        unsure |= may_be_unclean(load(path + i, len - i), &slash);
    }
    return !unsure || !has_unclean(path, len);
}

/* Behind "/proc/PID"; NULL when it is not below that. */
static const char *
below_process(const char *path)
{
    if (strncmp(path, "/proc/", 6) != 0) {
        return NULL;
    }
    size_t n = strspn(path + 6, "0123456789");
    path += 6 + n;
    return n > 0 && (*path == '/' || *path == '\0') ? path : NULL;
}

/* The directory of this process's own descriptors? */
static bool
is_own_descriptors(const char *path)
{
    char own[32];
    size_t n = (size_t)snprintf(own, sizeof(own), "/proc/%ld",
                                (long)getpid());
    const char *rest = below_process(path);
    if (rest == NULL || rest != path + n || strncmp(path, own, n) != 0) {
        return false;
    }
    if (strncmp(rest, "/task/", 6) == 0) {
        rest += 6 + strspn(rest + 6, "0123456789");
    }
    return strcmp(rest, "/fd") == 0;
}

/* The kernel's name for a file that was removed, or never had a name. */
static bool
is_gone(const char *text)
{
    static const char mark[] = " (deleted)";
    size_t len = strlen(text), n = sizeof(mark) - 1;
    return text[0] != '/' || (len > n && strcmp(text + len - n, mark) == 0);
}

/* --- Walking ------------------------------------------------------------ */

typedef struct {
    _PyPolicyFilePath *out;     /* how far it has come: a directory */
    char rest[PATH_MAX];        /* what is still to be gone */
    const char *next;           /* in rest */
    int links;
    bool missing;               /* a directory on the way is not there: the
                                   system will not pass, nor come back */
} Walk;

static void
unclear(_PyPolicyFilePath *out, const char *path)
{
    /* Nothing that begins so is ever held by a list. */
    int n = snprintf(out->text, sizeof(out->text), "(unclear) %s", path);
    out->len = n < (int)sizeof(out->text) ? (size_t)n : PATH_MAX - 1;
    out->kind = _PyPolicyFile_UNCLEAR;
}

/* Append a component; false when it does not fit. */
static bool
push(_PyPolicyFilePath *out, const char *name, size_t len)
{
    if (out->len + 1 + len >= PATH_MAX) {
        return false;
    }
    out->text[out->len] = '/';
    memcpy(out->text + out->len + 1, name, len);
    out->len += 1 + len;
    out->text[out->len] = '\0';
    return true;
}

static void
pop(_PyPolicyFilePath *out)
{
    while (out->len > 0 && out->text[--out->len] != '/') {
    }
    out->text[out->len] = '\0';
}

/* The text of the link stands before what is still to be gone. */
static bool
follow_link(Walk *walk, char *link, size_t len)
{
    size_t rest = strlen(walk->next);
    if (len + 1 + rest >= PATH_MAX || ++walk->links > MAX_LINKS) {
        return false;
    }
    memmove(walk->rest + len + (rest > 0), walk->next, rest + 1);
    if (rest > 0) {
        walk->rest[len] = '/';
    }
    memcpy(walk->rest, link, len);
    walk->next = walk->rest;
    if (*link == '/') {
        walk->out->len = 0;
        walk->out->text[0] = '\0';
    }
    return true;
}

/* The text so far names a link below /proc/PID, and `link` is no path.
   False: it cannot be passed through. */
static bool
take_magic(Walk *walk, size_t name)
{
    _PyPolicyFilePath *out = walk->out;
    if (walk->next[strspn(walk->next, "/")] != '\0') {
        return false;
    }
    out->text[name - 1] = '\0';
    bool own = is_own_descriptors(out->text);
    out->text[name - 1] = '/';
    if (own) {
        out->kind = _PyPolicyFile_HELD;
        out->fd = atoi(out->text + name);
    }
    walk->next += strlen(walk->next);
    return true;
}

/* Up to the next slash. */
static size_t
component_len(const char *name)
{
    const char *slash = strchr(name, '/');
    return slash != NULL ? (size_t)(slash - name) : strlen(name);
}

/* One component.  False when nobody can tell where it leads. */
static bool
walk_on(Walk *walk, bool follow)
{
    _PyPolicyFilePath *out = walk->out;
    char link[PATH_MAX];
    const char *name = walk->next;
    size_t len = component_len(name), before = out->len;
    walk->next += len;
    bool more = *walk->next != '\0';
    while (*walk->next == '/') {
        walk->next++;
    }
    if (len == 0 || (len == 1 && name[0] == '.')) {
        return true;
    }
    if (len == 2 && name[0] == '.' && name[1] == '.') {
        if (!walk->missing) {
            pop(out);
        }
        return true;
    }
    if (!push(out, name, len)) {
        return false;
    }
    if (!more && !follow) {
        return true;
    }
    ssize_t n = readlink(out->text, link, sizeof(link) - 1);
    if (n <= 0) {
        /* No link; or nothing there, or no way to it: then the operation
           will find nothing either. */
        walk->missing = n < 0 && errno != EINVAL;
        return n == 0 || errno != ENOMEM;
    }
    link[n] = '\0';
    if (below_process(out->text) != NULL && is_gone(link)) {
        return take_magic(walk, before + 1);
    }
    out->len = before;
    out->text[before] = '\0';
    return follow_link(walk, link, (size_t)n);
}

/* Begin in that directory.  False when it has no name. */
static bool
begin(_PyPolicyFilePath *out, int dir_fd)
{
    if (dir_fd == AT_FDCWD) {
        if (getcwd(out->text, sizeof(out->text)) == NULL) {
            return false;
        }
    }
    else {
        char name[32];
        snprintf(name, sizeof(name), "/proc/self/fd/%d", dir_fd);
        ssize_t n = readlink(name, out->text, sizeof(out->text) - 1);
        if (n <= 0) {
            return false;
        }
        out->text[n] = '\0';
    }
    if (is_gone(out->text)) {
        return false;
    }
    out->len = strlen(out->text);
    if (out->len == 1) {
        out->len = 0;           /* "/" */
    }
    return true;
}

static void
resolve_descriptor(int fd, _PyPolicyFilePath *out)
{
    if (fd < 0) {
        out->kind = _PyPolicyFile_NOTHING;
    }
    else if (!begin(out, fd)) {
        int n = snprintf(out->text, sizeof(out->text), "/proc/self/fd/%d",
                         fd);
        out->kind = _PyPolicyFile_HELD;
        out->len = (size_t)n;
        out->fd = fd;
    }
    else if (out->len == 0) {
        out->len = 1;
    }
}

#ifdef SYS_openat2
/* Is there something by this path, without a link on the way?  Asked in such
   a way that the system looks and then always refuses: what is no directory is
   refused because a directory was asked for, and a directory because it was
   to be written.  So nothing is opened, which would take as long again. */
static bool
is_plain(const char *path)
{
    int fd = call_openat2(path, O_WRONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd >= 0) {
        close(fd);              /* never, but it would be an answer */
        return true;
    }
    return errno == EISDIR || errno == ENOTDIR;
}
#endif

/* Is a clean path its own resolution?  Asked with one call instead of one
   for each component. */
static bool
has_no_links(const _PyPolicyFilePath *path, bool follow)
{
#ifdef SYS_openat2
    if (!has_openat2() || below_process(path->text) != NULL) {
        return false;
    }
    if (is_plain(path->text)) {
        return true;
    }
    if (errno == ENOENT) {
        char parent[PATH_MAX];
        size_t len = (size_t)(strrchr(path->text, '/') - path->text);
        memcpy(parent, path->text, len);
        parent[len] = '\0';
        return len > 0 && is_plain(parent);
    }
    if (errno == ELOOP && !follow) {
        /* The last component may be one, if no other is. */
        int fd = call_openat2(path->text, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
        if (fd >= 0) {
            close(fd);
            return true;
        }
    }
#endif
    return false;
}

void
_PyPolicyFile_Resolve(int dir_fd, const char *path, bool follow,
                      _PyPolicyFilePath *out)
{
    Walk walk;                  /* large, and not needed for most paths */
    out->kind = _PyPolicyFile_NAMED;
    out->len = 0;
    out->text[0] = '\0';
    if (path == NULL) {
        resolve_descriptor(dir_fd, out);
        return;
    }
    size_t len = strlen(path);
    if (len == 0 || len >= PATH_MAX) {
        out->kind = _PyPolicyFile_NOTHING;
        return;
    }
    if (path[0] != '/' && !begin(out, dir_fd)) {
        unclear(out, path);
        return;
    }
    size_t base = out->len, skip = path[0] == '/';
    if (push(out, path + skip, len - skip)
        && _PyPolicyFile_IsClean(out->text, out->len)
        && has_no_links(out, follow))
    {
        return;
    }
    out->len = base;
    out->text[base] = '\0';
    memcpy(walk.rest, path, len + 1);
    walk.out = out;
    walk.next = walk.rest;
    walk.links = 0;
    walk.missing = false;
    while (*walk.next != '\0') {
        if (!walk_on(&walk, follow)) {
            unclear(out, path);
            return;
        }
    }
    if (out->len == 0) {
        strcpy(out->text, "/");
        out->len = 1;
    }
}
