/* What does this file hold, at one moment?

   A policy is read once, before any other code can run, and then holds for
   the life of the process.  So it matters that what is read is one version
   of one file: not half of the old text and half of the new, not a pipe that
   somebody feeds, and not nothing because the disk happened to say no.  The
   only answers are "here it is", "there is certainly none", and an end.

   The kind of a file is asked before it is opened, since opening a pipe or a
   device can have effects, and again afterwards, since it can have been
   exchanged in between.  After the last byte the file is compared with what
   it was before the first: a writer changes its size or times, a replacement
   its identity.  Then everything starts again, a few times.

   Errors go straight to file descriptor 2.  There is no sys.stderr yet, and
   nobody up the stack could add anything to the line.

   Called by policy_find.c, policy_roots.c and policy_setup.c; the caller owns
   the text. */

#include "Python.h"
#include "pycore_policy_limits.h"
#include "pycore_policy_read.h"
#include "pycore_policy_text.h"
#include "pycore_principal_zip.h"
#include "pycore_pymem.h"         // _PyMem_RawStrdup()

#include <errno.h>
#include <fcntl.h>                // open()
#include <limits.h>               // PATH_MAX
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>               // realpath()
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>               // read(), getcwd()

#define ATTEMPTS 5
#define LINE (4 * _PyPolicy_MAX_NAME)
#define CHANGED 2                 /* from a single attempt: once more */

/* --- Errors ------------------------------------------------------------- */

void
_PyPolicyRead_Line(const char *text)
{
    /* One write, so that two processes do not mix their lines.  If even that
       fails, the exit status still tells. */
    char line[LINE + 1];
    size_t n = strlen(text);
    n = n < LINE ? n : LINE;
    memcpy(line, text, n);
    line[n] = '\n';
    ssize_t written = write(STDERR_FILENO, line, n + 1);
    (void)written;
}

int
_PyPolicyRead_Fail(const char *file, const char *format, ...)
{
    char text[LINE], line[LINE];
    va_list args;
    int n = snprintf(text, sizeof(text), "%s: ", file);
    if (n < 0 || n >= (int)sizeof(text)) {
        n = 0;
    }
    va_start(args, format);
    vsnprintf(text + n, sizeof(text) - n, format, args);
    va_end(args);
    /* File names are other people's: they shall not break the line. */
    _PyPolicyRead_Line(_PyPolicyText_Escape(line, sizeof(line), text,
                                            strlen(text)));
    return -1;
}

int
_PyPolicyRead_NoMemory(void)
{
    return _PyPolicyRead_Fail("import policy",
                              "not enough memory to read it");
}

/* Only these two say that there is nothing; "permission denied" does not. */
static bool
is_absence(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

static int
fail_errno(const char *path)
{
    return _PyPolicyRead_Fail(path, "cannot be read: %s", strerror(errno));
}

/* --- Paths -------------------------------------------------------------- */

char *
_PyPolicyRead_Copy(const char *text)
{
    char *copy = _PyMem_RawStrdup(text);
    if (copy == NULL) {
        _PyPolicyRead_NoMemory();
    }
    return copy;
}

char *
_PyPolicyRead_Join(const char *dir, const char *name)
{
    size_t n = *name == '/' ? 0 : strlen(dir), m = strlen(name);
    char *path = PyMem_RawMalloc(n + 1 + m + 1);
    if (path == NULL) {
        _PyPolicyRead_NoMemory();
        return NULL;
    }
    memcpy(path, dir, n);
    if (n > 0 && path[n - 1] != '/') {
        path[n++] = '/';
    }
    memcpy(path + n, name, m + 1);
    return path;
}

char *
_PyPolicyRead_CurrentDirectory(void)
{
    char buffer[PATH_MAX];
    return _PyPolicyRead_Copy(getcwd(buffer, sizeof(buffer)) ? buffer : ".");
}

char *
_PyPolicyRead_Canonical(const char *path)
{
    char resolved[PATH_MAX];
    char *dir = _PyPolicyRead_Copy(path);
    if (dir == NULL) {
        return NULL;
    }
    const char *slash = strrchr(path, '/');
    _PyPolicyRead_ToDirname(dir);
    char *result = NULL;
    if (realpath(dir, resolved) != NULL) {
        result = _PyPolicyRead_Join(resolved, slash ? slash + 1 : path);
    }
    else {
        _PyPolicyRead_Fail(path, "its directory cannot be resolved: %s",
                           strerror(errno));
    }
    PyMem_RawFree(dir);
    return result;
}

void
_PyPolicyRead_ToDirname(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash != NULL) {
        slash[slash == path] = '\0';
    }
    else if (*path) {
        strcpy(path, ".");
    }
}

/* --- Files -------------------------------------------------------------- */

static int
fail_kind(const char *path, mode_t mode)
{
    const char *kind = S_ISDIR(mode) ? "a directory"
                     : S_ISFIFO(mode) ? "a pipe"
                     : S_ISSOCK(mode) ? "a socket"
                     : "a device";
    return _PyPolicyRead_Fail(path, "is %s, and must be a regular file",
                              kind);
}

/* 1: a regular file, 0: nothing, -1: anything else. */
static int
look(const char *path, struct stat *st)
{
    if (lstat(path, st) < 0) {
        if (errno == EACCES) {
            return _PyPolicyRead_Fail(
                path, "cannot be looked for, since a directory on the way "
                "may not be searched; start in another one, or with -P where "
                "there is none");
        }
        return is_absence(errno) ? 0 : fail_errno(path);
    }
    if (S_ISLNK(st->st_mode) && stat(path, st) < 0) {
        if (is_absence(errno)) {
            return _PyPolicyRead_Fail(
                path, "is a symbolic link that leads nowhere; "
                "remove it, or put the file where it points");
        }
        return fail_errno(path);
    }
    return S_ISREG(st->st_mode) ? 1 : fail_kind(path, st->st_mode);
}

/* Is it, after the last byte, what it was before the first? */
static bool
is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino
        && a->st_size == b->st_size
#ifdef HAVE_STAT_TV_NSEC
        && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec
        && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec
#endif
        && a->st_mtime == b->st_mtime && a->st_ctime == b->st_ctime;
}

/* Read up to `size` bytes; the number read, or -1 with errno set. */
static ssize_t
read_all(int fd, char *buffer, size_t size)
{
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, buffer + n, size - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -1 : (ssize_t)n;
        }
        n += (size_t)got;
    }
    return (ssize_t)n;
}

static int
read_open(const char *path, int fd, size_t limit, _PyPolicyFile *file)
{
    struct stat before, after, named;
    if (fstat(fd, &before) < 0) {
        return fail_errno(path);
    }
    if (!S_ISREG(before.st_mode)) {
        return CHANGED;           /* since look() */
    }
    if ((uintmax_t)before.st_size > limit) {
        return _PyPolicyRead_Fail(path, "is larger than %zu bytes", limit);
    }
    /* One byte more than there should be, to notice that it grew. */
    size_t size = (size_t)before.st_size;
    file->text = PyMem_RawMalloc(size + 1);
    if (file->text == NULL) {
        return _PyPolicyRead_NoMemory();
    }
    ssize_t n = read_all(fd, file->text, size + 1);
    if (n < 0 || fstat(fd, &after) < 0) {
        return fail_errno(path);
    }
    if ((size_t)n != size || !is_same(&before, &after)
        || stat(path, &named) < 0 || !is_same(&before, &named))
    {
        return CHANGED;
    }
    file->text[size] = '\0';
    file->len = size;
    file->device = before.st_dev;
    file->inode = before.st_ino;
    return 1;
}

static int
read_once(const char *path, size_t limit, _PyPolicyFile *file)
{
    struct stat st;
    int there = look(path, &st);
    if (there <= 0) {
        return there;
    }
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return is_absence(errno) ? CHANGED : fail_errno(path);
    }
    int result = read_open(path, fd, limit, file);
    close(fd);
    if (result != 1) {
        PyMem_RawFree(file->text);
        file->text = NULL;
    }
    return result;
}

int
_PyPolicyRead_File(const char *path, size_t limit, _PyPolicyFile *file)
{
    memset(file, 0, sizeof(*file));
    for (int i = 0; i < ATTEMPTS; i++) {
        int result = read_once(path, limit, file);
        if (result != CHANGED) {
            return result;
        }
    }
    return _PyPolicyRead_Fail(path, "changes while it is being read; "
                              "start again when it is finished");
}

/* --- Archives ----------------------------------------------------------- */

/* 1: the member is there, 0: it is not, CHANGED: this is no archive. */
static int
check_status(const char *archive, const char *member,
             _PyPrincipalZip_Status status)
{
    switch (status) {
    case _PyPrincipalZip_OK:
        return 1;
    case _PyPrincipalZip_NO_MEMBER:
        return 0;
    case _PyPrincipalZip_NO_MEMORY:
        return _PyPolicyRead_NoMemory();
    default:
        return _PyPolicyRead_Fail(
            archive, "%s, so that \"%s\" in it cannot be read",
            _PyPrincipalZip_Message(status), member);
    }
}

int
_PyPolicyRead_IsArchive(const char *path)
{
    _PyPrincipalZip_Info info;
    const char *member = "policy.json";
    _PyPrincipalZip_Status status = _PyPrincipalZip_Read(
        path, member, NULL, NULL, NULL, NULL, &info);
    if (status == _PyPrincipalZip_NOT_A_ZIP
        || status == _PyPrincipalZip_UNREADABLE)
    {
        return 0;                 /* nor will the import system read it */
    }
    return check_status(path, member, status) < 0 ? -1 : 1;
}

static int
member_once(const char *archive, const char *member, size_t limit,
            _PyPolicyFile *file)
{
    struct stat before, after;
    _PyPrincipalZip_Info info;
    if (stat(archive, &before) < 0) {
        return fail_errno(archive);
    }
    int there = check_status(archive, member, _PyPrincipalZip_Read(
        archive, member, NULL, NULL, NULL, NULL, &info));
    if (there <= 0) {
        return there;
    }
    if (info.size > limit) {
        return _PyPolicyRead_Fail(archive, "\"%s\" in it is larger than %zu "
                                  "bytes", member, limit);
    }
    unsigned char *data = NULL;
    there = check_status(archive, member, _PyPrincipalZip_Read(
        archive, member, NULL, NULL, &data, &file->len, NULL));
    if (there <= 0) {
        return there;
    }
    if (stat(archive, &after) < 0 || !is_same(&before, &after)) {
        PyMem_RawFree(data);
        return CHANGED;
    }
    file->text = (char *)data;
    file->device = before.st_dev;
    file->inode = before.st_ino;
    return 1;
}

int
_PyPolicyRead_Member(const char *archive, const char *member, size_t limit,
                     _PyPolicyFile *file)
{
    memset(file, 0, sizeof(*file));
    for (int i = 0; i < ATTEMPTS; i++) {
        int result = member_once(archive, member, limit, file);
        if (result != CHANGED) {
            return result;
        }
    }
    return _PyPolicyRead_Fail(archive, "changes while it is being read; "
                              "start again when it is finished");
}

int
_PyPolicyRead_Exists(const char *path, const char *member)
{
    if (member != NULL) {
        _PyPrincipalZip_Info info;
        return check_status(path, member, _PyPrincipalZip_Read(
            path, member, NULL, NULL, NULL, NULL, &info));
    }
    struct stat st;
    if (lstat(path, &st) < 0) {
        return is_absence(errno) ? 0 : fail_errno(path);
    }
    return 1;
}
