/* Where does what was read live, and for how long?

   A snapshot of installed metadata is thousands of short strings that are
   made together, never change and die together: an arena holds them, and
   freeing it cannot forget one.  What is only needed while reading goes to a
   second arena.  Arrays and the file buffer grow by doubling.

   Files are opened relative to a directory that is already open, without
   waiting for a writer should one of them be a FIFO, and only regular files
   are read.  Used by the other distribution*.c files only. */

#include "pycore_distribution_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A snapshot is kept, and some of its last chunk is unused; files are read
   into memory that is given back. */
#define ARENA_CHUNK 4096
#define FILE_CHUNK 16384

struct _PyDistArenaChunk {
    struct _PyDistArenaChunk *next;
    size_t used, size;
    max_align_t data[];
};

/* A block that is larger than a chunk gets one of its own, and the rest of
   the one before stays unused: rare enough not to matter. */
void *
_PyDistArena_Alloc(_PyDistArena *arena, size_t size)
{
    const size_t align = sizeof(void *);
    size = (size + align - 1) & ~(align - 1);
    _PyDistArenaChunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        size_t room = size > ARENA_CHUNK ? size : ARENA_CHUNK;
        chunk = PyMem_RawCalloc(1, sizeof(*chunk) + room);
        if (chunk == NULL) {
            return NULL;
        }
        chunk->size = room;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    void *block = (char *)chunk->data + chunk->used;
    chunk->used += size;
    return block;
}

/* With the zero behind it, which the arena's memory has already. */
char *
_PyDistArena_String(_PyDistArena *arena, const char *text, size_t len)
{
    char *copy = _PyDistArena_Alloc(arena, len + 1);
    if (copy != NULL) {
        memcpy(copy, text, len);
    }
    return copy;
}

void
_PyDistArena_Free(_PyDistArena *arena)
{
    while (arena->chunks != NULL) {
        _PyDistArenaChunk *next = arena->chunks->next;
        PyMem_RawFree(arena->chunks);
        arena->chunks = next;
    }
}

/* Items move when the array grows: what points into one must not be kept
   over an append. */
void *
_PyDistArray_Append(_PyDistArray *array, size_t size)
{
    if (array->n == array->capacity) {
        size_t capacity = array->capacity ? array->capacity * 2 : 64;
        void *items = PyMem_RawRealloc(array->items, capacity * size);
        if (items == NULL) {
            return NULL;
        }
        array->items = items;
        array->capacity = capacity;
    }
    void *item = (char *)array->items + array->n++ * size;
    memset(item, 0, size);
    return item;
}

void
_PyDistArray_Free(_PyDistArray *array)
{
    PyMem_RawFree(array->items);
    *array = (_PyDistArray){NULL, 0, 0};
}


/* --- Files -------------------------------------------------------------- */

/* Room for `size` bytes.  The buffer keeps its size from file to file, so
   that after the first few no memory is asked for any more. */
static bool
reserve(_PyDistBuffer *buffer, size_t size)
{
    if (size <= buffer->capacity) {
        return true;
    }
    size_t capacity = buffer->capacity ? buffer->capacity : FILE_CHUNK;
    while (capacity < size) {
        capacity *= 2;
    }
    char *text = PyMem_RawRealloc(buffer->text, capacity);
    if (text == NULL) {
        return false;
    }
    buffer->text = text;
    buffer->capacity = capacity;
    return true;
}

/* Cut the text at its first empty line: false if it has none. */
static bool
cut_head(_PyDistBuffer *buffer)
{
    char *p = buffer->text, *end = p + buffer->len;
    while (p < end) {
        size_t n = *p == '\r' ? 1 : 0;
        if (p[n] == '\n') {
            *p = '\0';
            buffer->len = p - buffer->text;
            return true;
        }
        p = memchr(p, '\n', end - p);
        p = p != NULL ? p + 1 : end;
    }
    return false;
}

/* Until the end or the empty line.  The size that the file had is no promise:
   it may grow or shrink while it is read, and /proc files have none. */
static _PyDistFile_Status
read_all(_PyDistBuffer *buffer, int fd, size_t limit, bool head)
{
    buffer->len = 0;
    for (;;) {
        if (!reserve(buffer, buffer->len + FILE_CHUNK / 4)) {
            return _PyDistFile_NO_MEMORY;
        }
        size_t room = buffer->capacity - buffer->len - 1;
        if (head && room > FILE_CHUNK / 4 - 1) {
            room = FILE_CHUNK / 4 - 1;
        }
        ssize_t n = read(fd, buffer->text + buffer->len, room);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return _PyDistFile_REFUSED;
        }
        buffer->len += (size_t)n;
        buffer->text[buffer->len] = '\0';
        if (n == 0 || (head && cut_head(buffer))) {
            return _PyDistFile_OK;
        }
        if (buffer->len > limit) {
            return _PyDistFile_REFUSED;
        }
    }
}

/* Links are followed: some installers link to a cache.  What is not a plain
   file in the end is refused. */
_PyDistFile_Status
_PyDistBuffer_Read(_PyDistBuffer *buffer, int dirfd, const char *name,
                   size_t limit, bool head)
{
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return errno == ENOENT ? _PyDistFile_ABSENT : _PyDistFile_REFUSED;
    }
    struct stat st;
    _PyDistFile_Status status = _PyDistFile_REFUSED;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
        && (head || (uintmax_t)st.st_size <= limit))
    {
        status = _PyDistFile_OK;
        /* Room for all of it and for the read that finds its end. */
        if (!head && !reserve(buffer,
                              (size_t)st.st_size + FILE_CHUNK / 4 + 1)) {
            status = _PyDistFile_NO_MEMORY;
        }
    }
    if (status == _PyDistFile_OK) {
        status = read_all(buffer, fd, limit, head);
    }
    close(fd);
    return status;
}
