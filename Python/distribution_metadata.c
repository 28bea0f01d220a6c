/* What is this distribution called, and what does it ask for?

   METADATA is a block of headers, as in mail, and a long description behind
   the first empty line, which nobody reads here.  Of the headers three
   matter: Name, Version and Requires-Dist.  The name must agree with that of
   the directory that the file is in, in normal form (lower case, with one
   "-" for every run of "-", "_" and "."), and must be there once; else the
   distribution is void.

   A line of Requires-Dist names another distribution, perhaps some of its
   extras, perhaps versions or a URL, and perhaps a marker.  Versions do not
   matter: what is installed is what there is.  The line is cut into its
   parts when all names are known; distribution_build.c does that. */

#include "pycore_distribution_impl.h"

#include <string.h>
#include <strings.h>


/* --- Names -------------------------------------------------------------- */

static inline bool
is_word(char c)
{
    return _PyDist_IsLetter(c) || _PyDist_IsDigit(c);
}

static inline bool
is_name_char(char c)
{
    return is_word(c) || c == '-' || c == '_' || c == '.';
}

/* As package indexes compare names.  ASCII only, and a letter or digit at
   both ends; so the result has no "-" there, and no two in a row. */
bool
_PyDistribution_Normalise(const char *name, size_t len,
                          char *out, size_t size)
{
    if (len == 0 || !is_word(name[0]) || !is_word(name[len - 1])) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (!is_name_char(name[i])) {
            return false;
        }
        bool run = !is_word(name[i]);
        if (run && !is_word(name[i - 1])) {
            continue;
        }
        if (n + 1 >= size) {
            return false;
        }
        out[n++] = run ? '-' : _PyDist_Lower(name[i]);
    }
    out[n] = '\0';
    return true;
}


/* --- Requirements ------------------------------------------------------- */

static size_t
skip_space(const char *text, size_t len, size_t i)
{
    while (i < len && _PyDist_IsSpace(text[i])) {
        i++;
    }
    return i;
}

/* Behind `name @`: a URL ends at white space, a marker must follow some. */
static size_t
skip_url(const char *text, size_t len, size_t i)
{
    i = skip_space(text, len, i);
    while (i < len && !_PyDist_IsSpace(text[i])) {
        i++;
    }
    return skip_space(text, len, i);
}

static size_t
skip_chars(const char *text, size_t len, size_t i, bool version)
{
    const char *others = version ? "*+!" : "<>=!~";
    while (i < len && text[i] != '\0'
           && ((version && is_name_char(text[i]))
               || strchr(others, text[i]) != NULL))
    {
        i++;
    }
    return i;
}

/* `>=1.0, !=1.3.*`, in parentheses or not.  What it says does not matter,
   but it must be that and nothing else.  `len + 1` if it is not. */
static size_t
skip_versions(const char *text, size_t len, size_t i)
{
    bool parenthesis = i < len && text[i] == '(';
    i = skip_space(text, len, i + parenthesis);
    while (i < len && text[i] != ';' && text[i] != ')') {
        size_t operator = i, number;
        i = skip_chars(text, len, i, false);
        number = skip_space(text, len, i);
        if (i == operator
            || (i = skip_chars(text, len, number, true)) == number)
        {
            return len + 1;
        }
        i = skip_space(text, len, i);
        if (i < len && text[i] == ',') {
            i = skip_space(text, len, i + 1);
        }
        else if (i < len && text[i] != ';' && text[i] != ')') {
            return len + 1;
        }
    }
    if (parenthesis) {
        return i < len && text[i] == ')' ? skip_space(text, len, i + 1)
                                         : len + 1;
    }
    return i;
}

/* Either all of the line is understood or nothing of it.  A text that only
   begins like a requirement may have been meant for another reader. */
bool
_PyRequirement_Parse(const char *text, size_t len, _PyRequirement *out)
{
    memset(out, 0, sizeof(*out));
    size_t i = skip_space(text, len, 0);
    out->name = text + i;
    while (i < len && is_name_char(text[i])) {
        i++;
    }
    out->name_len = text + i - out->name;
    i = skip_space(text, len, i);
    if (i < len && text[i] == '[') {
        const char *close = memchr(text + i, ']', len - i);
        if (close == NULL) {
            return false;
        }
        out->extras = text + i + 1;
        out->extras_len = close - out->extras;
        i = skip_space(text, len, close - text + 1);
    }
    if (i < len && text[i] == '@') {
        i = skip_url(text, len, i + 1);
    }
    else {
        i = skip_versions(text, len, i);
    }
    if (i > len || (i < len && text[i] != ';')) {
        return false;
    }
    if (i < len) {
        out->marker = text + i + 1;
        out->marker_len = len - i - 1;
    }
    return out->name_len > 0;
}

/* `x, y` between the brackets, one at a time. */
int
_PyRequirement_NextExtra(const _PyRequirement *req, size_t *pos,
                         char *out, size_t size)
{
    const char *text = req->extras;
    size_t len = req->extras_len;
    size_t i = skip_space(text, len, *pos);
    if (i >= len) {
        return 0;
    }
    size_t start = i;
    while (i < len && is_name_char(text[i])) {
        i++;
    }
    if (!_PyDistribution_Normalise(text + start, i - start, out, size)) {
        return -1;
    }
    i = skip_space(text, len, i);
    if (i < len && text[i++] != ',') {
        return -1;
    }
    *pos = i;
    return 1;
}


/* --- Headers ------------------------------------------------------------ */

/* The value of a header line if it is the named one, else NULL. */
static const char *
header(const char *line, size_t len, const char *name, size_t *value_len)
{
    size_t n = strlen(name);
    if (len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0) {
        return NULL;
    }
    const char *value = line + n + 1, *end = line + len;
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *value_len = end - value;
    return value;
}

/* The end of the header that begins here: it goes on where the next line
   begins with white space. */
static char *
end_of_header(char *line, char *end)
{
    char *newline = memchr(line, '\n', end - line);
    while (newline != NULL && (newline[1] == ' ' || newline[1] == '\t')) {
        newline = memchr(newline + 1, '\n', end - newline - 1);
    }
    return newline != NULL ? newline : end;
}

/* Joined lines keep their length, so nothing needs to move. */
static void
unfold(char *line, const char *end)
{
    for (; line < end; line++) {
        if (*line == '\r' || *line == '\n') {
            *line = ' ';
        }
    }
}

/* The name in METADATA, normalised, if it is the directory's as well. */
static int
take_name(_PyDistReader *reader, _PyDistInfo *info,
          const char *value, size_t len)
{
    char name[_PyDistribution_MAX_NAME], other[_PyDistribution_MAX_NAME];
    size_t stem = strlen(info->directory) - _PyDistribution_SUFFIX_LEN;
    while (stem > 0 && info->directory[stem] != '-') {
        stem--;
    }
    if (info->name != NULL
        || !_PyDistribution_Normalise(value, len, name, sizeof(name))
        || !_PyDistribution_Normalise(info->directory, stem,
                                      other, sizeof(other))
        || strcmp(name, other) != 0)
    {
        info->is_void = true;
        return 0;
    }
    info->name = _PyDistArena_String(reader->keep, name, strlen(name));
    return info->name == NULL ? -1 : 0;
}

static int
take_version(_PyDistReader *reader, _PyDistInfo *info,
             const char *value, size_t len)
{
    /* For messages only, so it is worth no trouble. */
    for (size_t i = 0; i < len; i++) {
        if (value[i] <= ' ' || value[i] > '~') {
            return 0;
        }
    }
    if (len < 128 && info->version[0] == '\0') {
        const char *copy = _PyDistArena_String(reader->keep, value, len);
        if (copy == NULL) {
            return -1;
        }
        info->version = copy;
    }
    return 0;
}

/* Kept as text until the names of all distributions are known. */
static int
take_requirement(_PyDistReader *reader, _PyDistArray *list,
                 const char *value, size_t len)
{
    char *copy = _PyDistArena_String(&reader->scratch, value, len);
    const char **slot = copy == NULL ? NULL
        : _PyDistArray_Append(list, sizeof(*slot));
    if (slot == NULL) {
        return -1;
    }
    *slot = copy;
    return 0;
}

/* Most headers are of no interest; their first letter tells that. */
static int
take_header(_PyDistReader *reader, _PyDistInfo *info, _PyDistArray *requires,
            char *line, const char *end)
{
    const char *value;
    size_t n, len = end - line;
    char first = _PyDist_Lower(line[0]);
    if (first != 'r' && first != 'n' && first != 'v') {
        return 0;
    }
    unfold(line, end);
    if ((value = header(line, len, "Requires-Dist", &n)) != NULL) {
        return take_requirement(reader, requires, value, n);
    }
    if ((value = header(line, len, "Name", &n)) != NULL) {
        return take_name(reader, info, value, n);
    }
    if ((value = header(line, len, "Version", &n)) != NULL) {
        return take_version(reader, info, value, n);
    }
    return 0;
}

/* A zero byte would end the text early for some readers and not for others:
   no file that is meant well has one. */
int
_PyDistReader_Metadata(_PyDistReader *reader, _PyDistInfo *info)
{
    _PyDistArray requires = {NULL, 0, 0};
    char *p = reader->buffer.text, *end = p + reader->buffer.len;
    int result = -1;

    if (memchr(p, '\0', end - p) != NULL) {
        info->is_void = true;
        return 0;
    }
    for (char *stop; p < end; p = stop + 1) {
        stop = end_of_header(p, end);
        if (take_header(reader, info, &requires, p, stop) < 0) {
            goto error;
        }
    }
    if (requires.n > 0) {
        size_t size = requires.n * sizeof(char *);
        info->requires = _PyDistArena_Alloc(&reader->scratch, size);
        if (info->requires == NULL) {
            goto error;
        }
        memcpy(info->requires, requires.items, size);
        info->n_requires = requires.n;
    }
    result = 0;
error:
    _PyDistArray_Free(&requires);
    return result;
}
