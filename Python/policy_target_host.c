/* Which hosts does this text mean, and could it mean others?

   A target that is read differently than it was meant grants too much or, as
   an exclusion, protects nothing; so each thing has one spelling, and what
   looks like another is refused with the one to write:

       example.com  *.example.com  10.0.0.1  10.0.0.0/8  [::1]  [fe80::]/10
       *  localhost                  each with :PORT or :FIRST-LAST behind it
       unix:/path  unix:$TMP/x.sock  unix:@name  unix:@prefix*

   An IPv6 address always stands in brackets, since "::1:80" is also one.
   IPv4 addresses are four plain decimal numbers, since 010.0.0.1 is 8.0.0.1
   to the C library and something else to the reader.  Names are compared as
   the resolver is given them, so those that are not ASCII are written in
   their xn-- form. */

#ifdef POLICY_STANDALONE
#  define Py_NO_INLINE
#else
#  include "Python.h"
#endif
#include "pycore_policy_target_address.h"
#include "pycore_policy_target_host.h"
#include "pycore_policy_text.h"

#include <stdio.h>
#include <string.h>


/* --- Messages ----------------------------------------------------------- */

typedef struct {
    const char *text;           /* the target as written */
    size_t len;
    char *code;
    char *what;
} Complaint;

static int
complain(const Complaint *to, const char *code, const char *wrong,
         const char *write)
{
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), to->text, to->len);
    snprintf(to->code, 32, "%s", code);
    snprintf(to->what, _PyPolicyName_MAX_WHAT, "%s %s; write %s", quoted,
             wrong, write);
    return -1;
}

/* The same where the better spelling of the host is known, to which the port
   is added that stands behind the colon. */
static int
suggest(const Complaint *to, const char *wrong, const char *host, size_t len,
        const char *port, size_t port_len)
{
    char better[_PyPolicyHost_MAX_NAME + 32], write[_PyPolicy_MAX_QUOTED];
    bool known = port_len > 0 && port_len < 16;
    snprintf(better, sizeof(better), "%.*s%s%.*s", (int)len, host,
             known ? ":" : "", known ? (int)port_len : 0, port);
    _PyPolicyText_Quote(write, sizeof(write), better, strlen(better));
    return complain(to, "bad-host", wrong, write);
}


/* --- Parts -------------------------------------------------------------- */

/* A decimal number without zeros in front, up to `most`.  Returns where it
   ends, NULL when there is none. */
static const char *
read_decimal(const char *p, int most, int *number)
{
    const char *start = p;
    int value = 0;
    for (int digit; (digit = *p - '0') >= 0 && digit <= 9; p++) {
        value = value * 10 + digit;
        if (value > most) {
            return NULL;
        }
    }
    *number = value;
    return p == start || (*start == '0' && p - start > 1) ? NULL : p;
}

/* What follows the host: nothing, ":PORT" or ":FIRST-LAST". */
static int
read_ports(const Complaint *to, const char *p, const char *end,
           _PyPolicyHost *host)
{
    host->low = 0;
    host->high = 65535;
    if (p == end) {
        return 0;
    }
    size_t len = (size_t)(end - p) - 1;
    p = *p == ':' ? read_decimal(p + 1, 65535, &host->low) : NULL;
    if (p != NULL) {
        host->high = host->low;
        if (p < end && *p == '-') {
            p = read_decimal(p + 1, 65535, &host->high);
        }
    }
    if (p == end && host->low <= host->high) {
        return 0;
    }
    p = end - len;
    if (len == 1 && *p == '*') {
        return complain(to, "bad-host", "has no port behind its colon",
                        "the host alone for all ports");
    }
    return complain(to, "bad-host", "has no port behind its host",
                    len == 4 && memcmp(p, "http", 4) == 0 ? "\":80\""
                    : len == 5 && memcmp(p, "https", 5) == 0 ? "\":443\""
                    : "a number up to 65535, or two as in \":8000-8099\"");
}

static bool
is_label_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
           || c == '_';
}

/* The name in lower case without its final dot.  false when the resolver
   could not be asked for it. */
static bool
fold_name(const char *text, size_t len, _PyPolicyHost *host)
{
    len -= len > 0 && text[len - 1] == '.';
    if (len == 0 || len > _PyPolicyHost_MAX_NAME) {
        return false;
    }
    size_t label = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        label = c == '.' ? 0 : label + 1;
        if (c == '.' ? i == 0 || text[i - 1] == '.' || i + 1 == len
                     : label > 63 || !is_label_character(c))
        {
            return false;
        }
        host->folded[i] = c;
    }
    host->folded[len] = '\0';
    host->name = host->folded;
    host->len = len;
    return true;
}

/* Would a resolver take the end of this name for a number, and so the whole
   for an address? */
static bool
ends_in_number(const char *name, size_t len)
{
    size_t start = len;
    while (start > 0 && name[start - 1] != '.') {
        start--;
    }
    size_t i = start;
    bool hex = len - start >= 2 && name[i] == '0' && name[i + 1] == 'x';
    for (i += hex ? 2 : 0; i < len; i++) {
        bool decimal = name[i] >= '0' && name[i] <= '9';
        if (!decimal && !(hex && name[i] >= 'a' && name[i] <= 'f')) {
            return false;
        }
    }
    return start < len;
}


/* --- Addresses ---------------------------------------------------------- */

/* `rest` is what follows the address: "/BITS" and ports. */
static int
read_network(const Complaint *to, const char *rest, const char *end,
             _PyPolicyHost *host)
{
    char normal[_PyPolicyAddress_MAX], better[_PyPolicyAddress_MAX + 8];
    uint8_t masked[16];
    int most = host->bits = host->address_len * 8;
    host->kind = _PyPolicyHost_NETWORK;
    if (rest == end || *rest != '/') {
        return read_ports(to, rest, end, host);
    }
    const char *p = read_decimal(rest + 1, most, &host->bits);
    if (p == NULL || (p < end && *p != ':')) {
        return complain(to, "bad-host", "has no size of a network behind "
                        "its slash", most == 32 ? "a number up to 32"
                                                : "a number up to 128");
    }
    memcpy(masked, host->address, sizeof(masked));
    _PyPolicyAddress_Mask(masked, host->address_len, host->bits);
    if (memcmp(masked, host->address, (size_t)host->address_len) != 0) {
        snprintf(better, sizeof(better), "%s/%d", _PyPolicyAddress_Show(
            normal, masked, host->address_len), host->bits);
        return suggest(to, "is an address inside a network", better,
                       strlen(better), p + 1, p < end ? end - p - 1 : 0);
    }
    return read_ports(to, p, end, host);
}

static int
read_v4(const Complaint *to, const char *text, size_t len, const char *end,
        _PyPolicyHost *host)
{
    char normal[_PyPolicyAddress_MAX];
    const char *rest = text + len;
    host->address_len = 4;
    if (!_PyPolicyAddress_ReadNormal4(text, len, host->address)) {
        if (_PyPolicyAddress_Read(text, len, host->address) != 4) {
            return rest < end && *rest == '/'
                ? suggest(to, "has a path behind its host", text, len, "", 0)
                : complain(to, "bad-host", "is no address", "four numbers "
                           "up to 255, as in \"10.0.0.1\"");
        }
        _PyPolicyAddress_Show(normal, host->address, 4);
        return suggest(to, "is an address that readers take for another",
                       normal, strlen(normal), rest + 1,
                       rest < end && *rest == ':' ? end - rest - 1 : 0);
    }
    return read_network(to, rest, end, host);
}

static int
read_v6(const Complaint *to, const char *text, const char *end,
        _PyPolicyHost *host)
{
    const char *close = memchr(text, ']', (size_t)(end - text));
    const char *write = "one as in \"[::1]:80\" or \"[2001:db8::]/32\"";
    if (close == NULL) {
        return complain(to, "bad-host", "has no closing bracket", write);
    }
    size_t len = (size_t)(close - text) - 1;
    if (memchr(text, '%', len)) {
        return complain(to, "bad-host", "names an interface", "the address "
                        "without \"%\" and what follows");
    }
    if (memchr(text, '/', len)) {
        return complain(to, "bad-host", "has the size of its network inside "
                        "the brackets", "it behind them, as in "
                        "\"[2001:db8::]/32:443\"");
    }
    host->address_len = memchr(text, ':', len) == NULL ? 0
        : _PyPolicyAddress_Read(text + 1, len, host->address);
    if (host->address_len == 4) {
        char normal[_PyPolicyAddress_MAX];
        _PyPolicyAddress_Show(normal, host->address, 4);
        return suggest(to, "is an IPv4 address", normal, strlen(normal),
                       close + 2, close + 1 < end && close[1] == ':'
                                  ? end - close - 2 : 0);
    }
    if (host->address_len == 0) {
        return complain(to, "bad-host", "has no IPv6 address in its "
                        "brackets", write);
    }
    return read_network(to, close + 1, end, host);
}


/* --- Names and sockets -------------------------------------------------- */

static int
read_unix(const Complaint *to, const char *text, size_t len,
          _PyPolicyHost *host)
{
    host->low = 0;
    host->high = 65535;
    host->name = text;
    host->len = len;
    if (len > 1 && *text == '@') {
        host->kind = _PyPolicyHost_UNIX_NAME;
        host->name++;
        host->len--;
        if (text[len - 1] == '*') {
            host->kind = _PyPolicyHost_UNIX_BELOW;
            host->len--;
        }
        return 0;
    }
    host->kind = _PyPolicyHost_UNIX_PATH;
    if (len == 0 || (*text != '/' && *text != '$')) {
        return complain(to, "bad-host", "is no Unix socket", "an absolute "
                        "path, as in \"unix:/run/x.sock\", or an abstract "
                        "name, as in \"unix:@x\"");
    }
    return _PyPolicyPath_Check(text, len, to->code, to->what);
}

static int
read_name(const Complaint *to, const char *text, size_t len, const char *end,
          _PyPolicyHost *host)
{
    const char *rest = text + len;
    size_t port_len = rest < end ? (size_t)(end - rest) - 1 : 0;
    host->kind = _PyPolicyHost_NAME;
    if (len == 1 && *text == '*') {
        host->kind = _PyPolicyHost_ANY;
        host->name = "*";
        host->len = 1;
        return read_ports(to, rest, end, host);
    }
    if (len > 2 && text[0] == '*' && text[1] == '.') {
        host->kind = _PyPolicyHost_BELOW;
        text += 2;
        len -= 2;
    }
    else if (memchr(text, '*', len) != NULL) {
        return complain(to, "bad-host", "has a star inside a name", "one "
                        "only in front of a domain, as in "
                        "\"*.example.com\"");
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80) {
            return complain(to, "bad-host", "is not ASCII", "the form that "
                            "begins with xn--, which NAME.encode(\"idna\") "
                            "gives");
        }
    }
    if (!fold_name(text, len, host)) {
        return complain(to, "bad-host", "is no name of a host", "one as in "
                        "\"example.com:443\", without scheme, user and "
                        "path");
    }
    if (ends_in_number(host->name, host->len)) {
        return host->kind != _PyPolicyHost_NAME
            ? complain(to, "bad-host", "has a star in an address",
                       "a network, as in \"10.0.0.0/8\"")
            : read_v4(to, text, len, end, host);
    }
    if (len > 9 && memcmp(text + len - 9, "localhost", 9) == 0
        && text[len - 10] == '.' && host->kind == _PyPolicyHost_NAME)
    {
        return suggest(to, "is this machine", "localhost", 9, rest + 1,
                       port_len);
    }
    return read_ports(to, rest, end, host);
}

/* "https://example.com/path" is what people paste. */
static int
complain_url(const Complaint *to, const char *host, const char *end)
{
    size_t len = 0;
    while (host + len < end && strchr("/?#", host[len]) == NULL) {
        len++;
    }
    const char *port = "";
    if (memchr(host, ':', len) == NULL) {
        port = to->len > 8 && memcmp(to->text, "https:", 6) == 0 ? "443"
             : memcmp(to->text, "http:", 5) == 0 ? "80" : "";
    }
    return suggest(to, "is a URL", host, len, port, strlen(port));
}

/* Is it an address whose first colon is this? */
static bool
is_v6(const char *text, const char *colon, const char *end)
{
    uint8_t address[16];
    return memchr(colon + 1, ':', (size_t)(end - colon - 1)) != NULL
           && _PyPolicyAddress_Read(text, (size_t)(end - text), address) != 0;
}

int
_PyPolicyHost_Read(const char *text, size_t len, _PyPolicyHost *host,
                   char code[32], char what[_PyPolicyName_MAX_WHAT])
{
    const Complaint to = {text, len, code, what};
    const char *end = text + len;
    if (len >= 5 && memcmp(text, "unix:", 5) == 0) {
        return read_unix(&to, text + 5, len - 5, host);
    }
    if (len > 0 && *text == '[') {
        return read_v6(&to, text, end, host);
    }
    const char *colon = memchr(text, ':', len);
    const char *slash = memchr(text, '/', len);
    if (colon != NULL && end - colon > 3 && memcmp(colon, "://", 3) == 0) {
        return complain_url(&to, colon + 3, end);
    }
    if (colon != NULL && (slash == NULL || colon < slash)
        && is_v6(text, colon, slash ? slash : end))
    {
        return complain(&to, "bad-host", "may have a port or not",
                        "an IPv6 address in brackets, as in \"[::1]\" or "
                        "\"[::1]:80\"");
    }
    size_t n = (size_t)((colon ? colon : end) - text);
    if (slash != NULL && (colon == NULL || slash < colon)) {
        return read_v4(&to, text, (size_t)(slash - text), end, host);
    }
    return read_name(&to, text, n, end, host);
}

/* The usual target: a name of letters, digits and dots whose last label has
   letters alone, and perhaps a port. */
static bool
is_plain(const char *text, size_t len)
{
    const char *p = text, *end = text + len, *label = text;
    bool letters = true;        /* alone in the label so far */
    if (len > _PyPolicyHost_MAX_NAME || *text < 'a') {
        return false;
    }
    for (;; p++) {
        while (_PyPolicyText_IsOf(*p, _PyPolicyText_LOWER)) {
            p++;
        }
        if (*p == '.') {
            if (p == label || p - label > 63) {
                return false;
            }
            label = p + 1;
            letters = true;
        }
        else if (*p >= '0' && *p <= '9') {
            letters = false;
        }
        else {
            break;
        }
    }
    int port;
    return letters && p > label && p - label <= 63
           && !(p - text >= 9 && memcmp(p - 9, "localhost", 9) == 0)
           && (p == end
               || (*p == ':'
                   && read_decimal(p + 1, 65535, &port) == end));
}

/* The other usual one: "10.0.0.0/8", with or without its end. */
static bool
is_plain_network(const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    uint32_t address = 0;
    int number, bits = 32;
    for (int i = 0; i < 4; i++) {
        p = read_decimal(p, 255, &number);
        if (p == NULL || (i < 3 && (p == end || *p++ != '.'))) {
            return false;
        }
        address = address << 8 | (uint32_t)number;
    }
    if (p < end && *p == '/') {
        p = read_decimal(p + 1, 32, &bits);
    }
    return p == end && (bits == 32 || address << bits == 0);
}

static Py_NO_INLINE int
check_unusual(const char *text, size_t len, char code[32],
              char what[_PyPolicyName_MAX_WHAT])
{
    _PyPolicyHost host;
    return _PyPolicyHost_Read(text, len, &host, code, what);
}

int
_PyPolicyHost_Check(const char *text, size_t len, char code[32],
                    char what[_PyPolicyName_MAX_WHAT])
{
    return is_plain(text, len) || is_plain_network(text, len)
           ? 0 : check_unusual(text, len, code, what);
}
