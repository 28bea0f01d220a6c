/* Which file does this "$extends" mean?

   Three kinds of names: "builtin:NAME" is a file of the standard library,
   importpolicy/presets/NAME.json; a path is taken from the directory of the
   file that names it; and inside of an archive a relative path stays in it.

   What is found is read as policies are, with the same guarantees, and kept:
   a child interpreter must find what its parent has found, in all of the
   files.

   Called by policy_load.c, through the extender that policy_setup.c gives to
   it, while a policy is being parsed; so errors have a line in the file that
   names the other.  Errors in reading are said by policy_read.c at once. */

#include "Python.h"
#include "pycore_policy_digest.h"
#include "pycore_policy_extends.h"
#include "pycore_policy_limits.h"
#include "pycore_policy_text.h"

#include <stdio.h>
#include <string.h>

#define BUILTIN "builtin:"

static const char *const presets[] = {"baseline", "strict", NULL};

/* What one call is about. */
typedef struct {
    _PyPolicyExtends *extends;
    const char *from, *name;
    char *code;
    char *what;
} Request;


/* --- Errors ------------------------------------------------------------- */

#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
static int
fail(Request *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->what, _PyPolicyName_MAX_WHAT, format, args);
    va_end(args);
    snprintf(r->code, 32, "no-policy");
    return -1;
}

/* Something below has said it, or there was no memory to say it in. */
static int
fail_said(Request *r)
{
    r->extends->said = true;
    r->code[0] = '\0';
    return -1;
}

static int
fail_missing(Request *r)
{
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), r->name, strlen(r->name));
    for (int i = 0; presets[i] != NULL; i++) {
        if (strcmp(presets[i], r->name) == 0) {
            return fail(r, "there is no file %s; did you mean \"" BUILTIN
                        "%s\"?", quoted, r->name);
        }
    }
    return fail(r, "there is no file %s; write its path, from the directory "
                "of this one, or \"" BUILTIN "NAME\"", quoted);
}

static int
fail_preset(Request *r)
{
    const char *name = r->name + strlen(BUILTIN);
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), r->name, strlen(r->name));
    const char *meant = _PyPolicyText_Nearest(name, presets);
    return meant != NULL
           ? fail(r, "%s is no preset; did you mean \"" BUILTIN "%s\"?",
                  quoted, meant)
           : fail(r, "%s is no preset; write \"" BUILTIN "%s\" or \"" BUILTIN
                  "%s\"", quoted, presets[0], presets[1]);
}


/* --- What was found ----------------------------------------------------- */

static int
take_text(_PyPolicyExtends *extends, const _PyPolicyFile *file)
{
    return _PyPolicyContent_Take(&extends->content, file->text,
                                 file->len) < 0
           ? _PyPolicyRead_NoMemory() : 0;
}

/* The same for the same file: of one on the disk what the system says, of a
   member the hash of where it is. */
static void
identify(const _PyPolicyFile *file, const char *member, uint64_t id[2])
{
    id[0] = (uint64_t)file->device;
    id[1] = (uint64_t)file->inode;
    if (member != NULL) {
        char place[_PyPolicy_MAX_NAME + 64], digest[_PyPolicyDigest_SIZE];
        int n = snprintf(place, sizeof(place), "%llu:%llu:%s",
                         (unsigned long long)id[0],
                         (unsigned long long)id[1], member);
        n = n < (int)sizeof(place) ? n : (int)sizeof(place) - 1;
        _PyPolicyDigest_Sha256(place, (size_t)n, digest);
        for (int i = 0; i < 2; i++) {
            char half[17] = "";
            memcpy(half, digest + 16 * i, 16);
            id[i] = strtoull(half, NULL, 16);
        }
    }
}

/* Hand it over.  Takes the text and the name. */
static int
take(Request *r, _PyPolicyFile *file, const char *member, char *filename,
     _PyPolicyExtended *found)
{
    if (take_text(r->extends, file) < 0 || filename == NULL) {
        PyMem_RawFree(filename);
        return fail_said(r);
    }
    *found = (_PyPolicyExtended){.filename = filename, .text = file->text,
                                 .len = file->len};
    identify(file, member, found->id);
    return 0;
}


/* --- Files -------------------------------------------------------------- */

/* Takes the path, which may be NULL. */
static int
read_path(Request *r, char *path, int (*missing)(Request *),
          _PyPolicyExtended *found)
{
    _PyPolicyFile file;
    if (path == NULL) {
        return fail_said(r);
    }
    int there = _PyPolicyRead_File(path, _PyPolicy_MAX_FILE, &file);
    if (there <= 0) {
        PyMem_RawFree(path);
        return there == 0 ? missing(r) : fail_said(r);
    }
    char *name = _PyPolicyRead_Canonical(path);
    PyMem_RawFree(path);
    return take(r, &file, NULL, name, found);
}

static int
read_file(Request *r, _PyPolicyExtended *found)
{
    char *dir = _PyPolicyRead_Copy(r->from), *path = NULL;
    if (dir != NULL) {
        _PyPolicyRead_ToDirname(dir);
        path = _PyPolicyRead_Join(dir, r->name);
    }
    PyMem_RawFree(dir);
    return read_path(r, path, fail_missing, found);
}

static int
read_preset(Request *r, _PyPolicyExtended *found)
{
    const char *name = r->name + strlen(BUILTIN);
    char relative[64];
    const wchar_t *library = r->extends->config->stdlib_dir;
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz") != strlen(name) ||
        strlen(name) > 32) {
        return fail_preset(r);
    }
    if (library == NULL) {
        return fail(r, "the standard library, which has the presets, is not "
                    "a directory here; copy the preset and write its path");
    }
    snprintf(relative, sizeof(relative), "importpolicy/presets/%s.json",
             name);
    char *dir = _PyPolicyFind_Encode(library), *path = NULL;
    if (dir != NULL) {
        path = _PyPolicyRead_Join(dir, relative);
    }
    PyMem_RawFree(dir);
    return read_path(r, path, fail_preset, found);
}


/* --- Archives ----------------------------------------------------------- */

/* Resolve "." and ".." in place.  false when it leads out. */
static bool
normalize(char *member)
{
    char *out = member;
    for (char *part = member; *part != '\0';) {
        size_t n = strcspn(part, "/");
        char *next = part + n + (part[n] == '/');
        if (n == 2 && part[0] == '.' && part[1] == '.') {
            if (out == member) {
                return false;
            }
            do {
                out--;
            } while (out > member && out[-1] != '/');
        }
        else if (n > 0 && !(n == 1 && part[0] == '.')) {
            memmove(out, part, (size_t)(next - part));
            out += next - part;
        }
        part = next;
    }
    *out = '\0';
    return out > member;
}

/* Where in the archive the file is that names the other; NULL when it is not
   in it. */
static const char *
member_of(const Request *r)
{
    const _PyPolicySource *source = r->extends->source;
    size_t n = strlen(source->path);
    return source->member != NULL && strncmp(r->from, source->path, n) == 0
           && r->from[n] == '/' ? r->from + n + 1 : NULL;
}

static int
read_member(Request *r, const char *from, _PyPolicyExtended *found)
{
    const char *archive = r->extends->source->path;
    const char *slash = strrchr(from, '/');
    char *member = _PyPolicyRead_Copy(from), *joined = NULL;
    int result = -1;
    if (member != NULL) {
        member[slash == NULL ? 0 : slash - from] = '\0';
        joined = _PyPolicyRead_Join(member, r->name);
    }
    if (joined == NULL) {
        fail_said(r);
    }
    else if (!normalize(joined)) {
        fail(r, "a policy in an archive cannot name what is beside the "
             "archive; write an absolute path");
    }
    else {
        _PyPolicyFile file;
        int there = _PyPolicyRead_Member(archive, joined, _PyPolicy_MAX_FILE,
                                         &file);
        result = there == 0 ? fail_missing(r) : there < 0 ? fail_said(r) :
                 take(r, &file, joined, _PyPolicyRead_Join(archive, joined),
                      found);
    }
    PyMem_RawFree(member);
    PyMem_RawFree(joined);
    return result;
}


/* --- The extender ------------------------------------------------------- */

static int
read_extended(void *arg, const char *from, const char *name,
              _PyPolicyExtended *found, char code[32],
              char what[_PyPolicyName_MAX_WHAT])
{
    Request r = {arg, from, name, code, what};
    if (strncmp(name, BUILTIN, strlen(BUILTIN)) == 0) {
        return read_preset(&r, found);
    }
    const char *member = name[0] == '/' ? NULL : member_of(&r);
    return member != NULL ? read_member(&r, member, found)
                          : read_file(&r, found);
}

int
_PyPolicyExtends_Begin(_PyPolicyExtends *extends,
                       const _PyPolicySource *source, const PyConfig *config,
                       const _PyPolicyFile *file)
{
    *extends = (_PyPolicyExtends){
        .extender = {.read = read_extended, .arg = extends},
        .source = source, .config = config,
    };
    identify(file, source->member, extends->extender.id);
    return take_text(extends, file);
}

void
_PyPolicyExtends_Clear(_PyPolicyExtends *extends)
{
    _PyPolicyContent_Clear(&extends->content);
}
