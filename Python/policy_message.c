/* How is a refusal told to a person?

   Whoever meets one has a program that does not run and, as a rule, has never
   heard of the package that was refused.  So a message answers, in this
   order: who may not do what, and which line of which file says so; by what
   chain of imports or calls it came about, down to a line of the user's own;
   and which edit would allow it.

       urllib3, on behalf of requests, may not import socket (policy.json:1)
         chain: urllib3/connection.py:12 <- requests/api.py:3 <- __main__ (…)
         to allow it, write "socket": ["httpx", "requests"]

   The first line stands alone; policy_log.c writes it with the chain behind
   it, policy_denial.c puts all three into the exception.  policy_remedy.c
   writes the third.

   Everything that is quoted was chosen by code that has just been refused:
   package names, file names, co_filename.  Nothing of it reaches the text
   unescaped, and a file name never stands for a principal: a step shows its
   principal beside the file unless the file lies where that principal's code
   is expected. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_file.h"         // _PyPolicyFile_Places()
#include "pycore_policy_message.h"
#include "pycore_policy_text.h"         // _PyPolicyText_Decode()

#include <arpa/inet.h>            // inet_ntop()
#include <stdio.h>
#include <string.h>

/* A longer chain loses its middle: what was done and who began it are at
   its ends. */
#define MAX_CHAIN 10
#define CHAIN_HEAD 5
#define CHAIN_TAIL 4


/* --- Files --------------------------------------------------------------- */

/* The part of a path behind the longest of our directories that holds it. */
static const char *
below_roots(const char *path, _PyPrincipalRoot kind, const char *best)
{
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(kind, &roots);
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(roots[i]);
        while (len > 0 && roots[i][len - 1] == '/') {
            len--;
        }
        if (len > 0 && strncmp(path, roots[i], len) == 0
            && path[len] == '/' && path[len + 1] != '\0'
            && path + len + 1 > best)
        {
            best = path + len + 1;
        }
    }
    return best;
}

static const char *
short_path(const char *path)
{
    const char *best = path;
    best = below_roots(path, _PyPrincipal_ROOT_DEPENDENCIES, best);
    return below_roots(path, _PyPrincipal_ROOT_APPLICATION, best);
}

/* Does the shortened path begin as the files of this one dependency do? */
static bool
file_says_principal(uint32_t set, const char *file)
{
    const uint32_t *members;
    if (_PyPrincipal_Members(set, &members) != 1) {
        return false;
    }
    const char *name = _PyPrincipal_Name(members[0]);
    for (; *name != '\0'; name++, file++) {
        if (*file != *name && !(*name == '.' && *file == '/')) {
            return false;
        }
    }
    return *file == '/' || *file == '.' || *file == '\0';
}

const char *
_PyPolicyMessage_Place(const _PyPolicyDenial *denial, int *line,
                       const char **key)
{
    *line = 0;
    *key = "$default";
    if (denial->rule != NULL) {
        *line = denial->rule->line;
        *key = denial->rule->key;
        return denial->rule->filename;
    }
    if (denial->grant != NULL) {
        *line = denial->grant->line;
        *key = denial->grant->principal;
        return denial->grant->filename;
    }
    return _PyPolicy_Filename(denial->policy);
}

static void
add_policy_place(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    int line;
    const char *key;
    const char *file = _PyPolicyMessage_Place(denial, &line, &key);
    _PyPolicyMessage_AddShown(text, short_path(file));
    _PyPolicyMessage_Add(text, ":");
    if (line > 0) {
        _PyPolicyMessage_AddInt(text, line);
    }
    else {
        _PyPolicyMessage_Add(text, " ");
        _PyPolicyMessage_Add(text, key);
    }
}

/* --- What ---------------------------------------------------------------- */

static void
add_address(_PyPolicyMessage *text, const _PyPolicyTarget *target)
{
    char shown[INET6_ADDRSTRLEN] = "?";
    if (target->n_names > 0) {
        _PyPolicyMessage_Add(text, target->names[0]);
        return;
    }
    bool six = target->address_len == 16;
    inet_ntop(six ? AF_INET6 : AF_INET, target->address, shown,
              sizeof(shown));
    _PyPolicyMessage_Add(text, six ? "[" : "");
    _PyPolicyMessage_Add(text, shown);
    _PyPolicyMessage_Add(text, six ? "]" : "");
}

bool
_PyPolicyMessage_AddTarget(_PyPolicyMessage *text,
                           const _PyPolicyDenial *denial)
{
    if (denial->access == NULL) {
        return false;
    }
    const _PyPolicyTarget *target = &denial->access->target;
    if (target->text != NULL) {
        _PyPolicyMessage_AddBytes(text, target->text, target->len);
    }
    else if (target->address_len > 0) {
        add_address(text, target);
    }
    else {
        return false;
    }
    if (denial->access->capability == _PyPolicy_NET && target->port >= 0) {
        _PyPolicyMessage_Add(text, ":");
        _PyPolicyMessage_AddInt(text, target->port);
    }
    return true;
}

/* The place that holds the path: the longest; NULL: none. */
static const _PyPolicyPlace *
place_of(const char *path)
{
    const _PyPolicyPlace *places, *best = NULL;
    size_t n = _PyPolicyFile_Places(&places), longest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(places[i].path);
        if (len > longest && strncmp(path, places[i].path, len) == 0
            && (path[len] == '/' || path[len] == '\0'))
        {
            best = &places[i];
            longest = len;
        }
    }
    return best;
}

static bool
add_in_place(_PyPolicyMessage *text, const char *prefix, const char *path)
{
    const _PyPolicyPlace *place = path[0] == '/' ? place_of(path) : NULL;
    if (place == NULL) {
        return false;
    }
    _PyPolicyMessage_Add(text, prefix);
    _PyPolicyMessage_Add(text, place->name);
    _PyPolicyMessage_Add(text, path + strlen(place->path));
    return true;
}

bool
_PyPolicyMessage_AddWritten(_PyPolicyMessage *text,
                            const _PyPolicyDenial *denial)
{
    _PyPolicyMessage target = {0};
    bool written = false;
    if (!_PyPolicyMessage_AddTarget(&target, denial) || target.data == NULL) {
        text->failed |= target.failed;
        return false;
    }
    switch (denial->access->capability) {
    case _PyPolicy_RUN:
        if (denial->access->target.program != NULL) {
            _PyPolicyMessage_Add(text, denial->access->target.program);
            written = true;
            break;
        }
        /* fall through */
    case _PyPolicy_READ:
    case _PyPolicy_WRITE:
    case _PyPolicy_FFI:
        written = add_in_place(text, "", target.data);
        break;
    case _PyPolicy_NET:
        written = strncmp(target.data, "unix:/", 6) == 0
                  && add_in_place(text, "unix:", target.data + 5);
        break;
    default:
        break;
    }
    text->failed |= target.failed;
    _PyPolicyMessage_Clear(&target);
    return written;
}

static void
add_access(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    const char *name =
        _PyPolicyCapability_Name(denial->access->capability);
    _PyPolicyMessage target = {0};
    _PyPolicyMessage_Add(text, " has no ");
    if (name != NULL) {
        _PyPolicyMessage_Add(text, name);
        _PyPolicyMessage_Add(text, " ");
    }
    _PyPolicyMessage_Add(text, "permission");
    if (_PyPolicyMessage_AddTarget(&target, denial)) {
        _PyPolicyMessage_Add(text, " for ");
        _PyPolicyMessage_AddShown(text, target.data ? target.data : "");
    }
    text->failed |= target.failed;
    _PyPolicyMessage_Clear(&target);
    _PyPolicyMessage_Add(text, ": ");
    _PyPolicyMessage_AddName(text, denial->what);
}


/* --- Who ----------------------------------------------------------------- */

static bool
holds(uint32_t set, const char *principal)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(_PyPrincipal_Name(members[i]), principal) == 0) {
            return true;
        }
    }
    return false;
}

/* The innermost or the outermost step that a dependency stands for. */
static const _PyPolicyStep *
end_of_chain(const _PyPolicyDenial *denial, bool outermost)
{
    const _PyPolicyStep *found = NULL;
    for (size_t i = 0; i < denial->n_steps; i++) {
        if (_PyPolicyStep_IsDependency(&denial->steps[i])) {
            found = &denial->steps[i];
            if (!outermost) {
                break;
            }
        }
    }
    return found;
}

/* A stranger may act through a package that is granted, or be used by one:
   name the other end as well. */
static void
add_other_end(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    const _PyPolicyStep *inner = end_of_chain(denial, false);
    const _PyPolicyStep *outer = end_of_chain(denial, true);
    if (inner != NULL && !holds(inner->set, denial->principal)) {
        _PyPolicyMessage_Add(text, ", by way of ");
        _PyPolicyMessage_AddSet(text, inner->set);
        _PyPolicyMessage_Add(text, ",");
    }
    else if (outer != NULL && !holds(outer->set, denial->principal)) {
        _PyPolicyMessage_Add(text, ", on behalf of ");
        _PyPolicyMessage_AddSet(text, outer->set);
        _PyPolicyMessage_Add(text, ",");
    }
}

static void
add_unknown(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    const _PyPolicyStep *inner = end_of_chain(denial, false);
    if (inner != NULL) {
        _PyPolicyMessage_AddSet(text, inner->set);
        _PyPolicyMessage_Add(text, ", on behalf of ");
    }
    _PyPolicyMessage_Add(text, "somebody unknown");
    if (inner != NULL) {
        _PyPolicyMessage_Add(text, ",");
    }
}

static void
add_who(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    if (_PyPolicyDenial_IsApplication(denial)) {
        _PyPolicyMessage_Add(text, "__main__ (the application)");
    }
    else if (_PyPolicyDenial_IsUnknown(denial)) {
        add_unknown(text, denial);
    }
    else {
        _PyPolicyMessage_AddName(text, denial->principal);
        add_other_end(text, denial);
    }
}

void
_PyPolicyMessage_Summary(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    add_who(text, denial);
    if (denial->kind == _PyPolicy_IMPORT) {
        _PyPolicyMessage_Add(text, " may not import ");
        _PyPolicyMessage_AddName(text, denial->what);
    }
    else if (denial->kind == _PyPolicy_ACCESS) {
        add_access(text, denial);
    }
    else {
        _PyPolicyMessage_Add(text, " may not use ");
        _PyPolicyMessage_AddName(text, denial->module);
        _PyPolicyMessage_Add(text, ": ");
        _PyPolicyMessage_AddName(text, denial->what);
    }
    _PyPolicyMessage_Add(text, " (");
    add_policy_place(text, denial);
    _PyPolicyMessage_Add(text, ")");
}


/* --- By what chain ------------------------------------------------------- */

static void
add_line(_PyPolicyMessage *text, const _PyPolicyStep *step)
{
    if (step->line > 0) {
        _PyPolicyMessage_Add(text, ":");
        _PyPolicyMessage_AddInt(text, step->line);
    }
}

static void
add_file(_PyPolicyMessage *text, const _PyPolicyStep *step, const char *file)
{
    if (_PyPolicyStep_IsDependency(step)
        && file_says_principal(step->set, file))
    {
        /* It stands for a principal here, so it is written like one. */
        _PyPolicyMessage_AddName(text, file);
        add_line(text, step);
        return;
    }
    _PyPolicyMessage_AddSet(text, step->set);
    _PyPolicyMessage_Add(text, " (");
    _PyPolicyMessage_AddShown(text, file);
    add_line(text, step);
    _PyPolicyMessage_Add(text, ")");
}

static void
add_step(_PyPolicyMessage *text, const _PyPolicyStep *step)
{
    if (step->code == NULL) {
        /* It started the thread, or made the callable, that this runs in. */
        _PyPolicyMessage_AddSet(text, step->set);
        _PyPolicyMessage_Add(text, " (inherited)");
        return;
    }
    _PyPolicyMessage file = {0};
    _PyPolicyMessage_AddString(&file, step->code->co_filename);
    if (file.failed) {
        text->failed = true;
    }
    else {
        add_file(text, step, file.data ? short_path(file.data) : "");
    }
    _PyPolicyMessage_Clear(&file);
}

void
_PyPolicyMessage_Chain(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    size_t n = denial->n_steps;
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            _PyPolicyMessage_Add(text, " <- ");
        }
        if (n > MAX_CHAIN && i == CHAIN_HEAD) {
            size_t left_out = n - CHAIN_HEAD - CHAIN_TAIL;
            _PyPolicyMessage_Add(text, "... ");
            _PyPolicyMessage_AddInt(text, (long long)left_out);
            _PyPolicyMessage_Add(text, " more ...");
            i += left_out - 1;
        }
        else {
            add_step(text, &denial->steps[i]);
        }
    }
}
