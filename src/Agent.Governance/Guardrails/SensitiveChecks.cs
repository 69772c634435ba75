using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Agent.Governance.Guardrails;

/// <summary>What a form alone does not say: checksums, ranges that are issued, and look-alikes that are something else.</summary>
internal static partial class SensitiveChecks
{
    /// <summary>The length of an IBAN by its country, from the registry of ISO 13616.</summary>
    private static readonly FrozenDictionary<string, int> IbanLengths =
        ("AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 "
        + "HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 "
        + "RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30")
        .Split(' ').ToFrozenDictionary(e => e[..2], e => int.Parse(e[2..], CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    /// <summary>The check digit of Luhn, and the ranges that the card schemes issue (ISO/IEC 7812).</summary>
    internal static bool IsCard(ReadOnlySpan<char> text)
    {
        Span<char> digits = stackalloc char[20];
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                if (count == 19)
                {
                    return false;
                }

                digits[count++] = c;
            }
        }

        var number = digits[..count];
        return count >= 12 && IsIssued(number) && Luhn(number) && number.IndexOfAnyExcept(number[0]) >= 0;
    }

    /// <summary>How much of a match is an IBAN: as many characters as its country's have, with the right check digits (ISO 7064 mod 97-10); 0 where it is none.</summary>
    internal static int IbanLength(ReadOnlySpan<char> text)
    {
        if (!IbanLengths.TryGetValue(new string(text[..2]), out var wanted))
        {
            return 0;
        }

        Span<char> compact = stackalloc char[34];
        var length = 0;
        var end = 0;
        for (; end < text.Length && length < wanted; end++)
        {
            if (char.IsAsciiLetterOrDigit(text[end]))
            {
                compact[length++] = char.ToUpperInvariant(text[end]);
            }
        }

        // What follows must not continue it.
        if (length < wanted || (end < text.Length && char.IsAsciiLetterOrDigit(text[end])))
        {
            return 0;
        }

        var rest = 0;
        for (var i = 0; i < wanted; i++)
        {
            var c = compact[(i + 4) % wanted];
            rest = char.IsAsciiDigit(c) ? ((rest * 10) + (c - '0')) % 97 : ((rest * 100) + (c - 'A' + 10)) % 97;
        }

        return rest == 1 ? end : 0;
    }

    /// <summary>The areas, groups and serials that are given out; 9xx with a group of 50 and more is a taxpayer's number of the same form.</summary>
    internal static bool IsSsn(ReadOnlySpan<char> text)
    {
        Span<char> digits = stackalloc char[9];
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                digits[count++] = c;
            }
        }

        if (count != 9)
        {
            return false;
        }

        var area = int.Parse(digits[..3], CultureInfo.InvariantCulture);
        var group = int.Parse(digits[3..5], CultureInfo.InvariantCulture);
        return area is not (0 or 666) && group != 0 && digits[5..] is not "0000" && (area < 900 || group >= 50);
    }

    /// <summary>Loopback, private and version-like numbers say nothing of a person.</summary>
    internal static bool IsPublicAddress(ReadOnlySpan<char> text)
    {
        if (text.Contains(':'))
        {
            return text.Length >= 8 && text.IndexOfAnyInRange('0', '9') >= 0 && IPAddress.TryParse(text, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6
                && !IPAddress.IsLoopback(six) && !six.Equals(IPAddress.IPv6Any) && !six.IsIPv6LinkLocal && !six.IsIPv6UniqueLocal && !six.IsIPv6SiteLocal && !six.IsIPv6Multicast;
        }

        Span<byte> parts = stackalloc byte[4];
        var i = 0;
        foreach (var range in text.Split('.'))
        {
            if (i == 4 || !byte.TryParse(text[range], NumberStyles.None, CultureInfo.InvariantCulture, out parts[i++]))
            {
                return false;
            }
        }

        return i == 4 && parts[0] is not (0 or 10 or 127 or >= 224) && !(parts[0] == 192 && parts[1] == 168) && !(parts[0] == 172 && parts[1] is >= 16 and < 32)
            && !(parts[0] < 10 && parts[3] < 10);
    }

    internal static bool IsPhone(string text)
    {
        var main = text.Split(['x', 'X', 'e'])[0].TrimEnd();
        var digits = main.Count(char.IsAsciiDigit);
        if (digits is < 7 or > 15 || DateLike().IsMatch(text) || SsnLike().IsMatch(text))
        {
            return false;
        }

        if (main.StartsWith('+') && main.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            // E.164: a plus and the digits in a row.
            return digits >= 8;
        }

        var groups = main.Split([' ', '.', '-', '(', ')', '+'], StringSplitOptions.RemoveEmptyEntries);

        // A number of thousands, a version or a list of years is no telephone number.
        var marked = main.StartsWith('+') || main.StartsWith('(') || main.StartsWith('0');
        return groups.Length >= 2 && (marked || groups.Length >= 3) && !(groups.Length >= 2 && !marked && groups.Skip(1).All(g => g.Length == 3) && main.Contains(' ', StringComparison.Ordinal))
            && !Array.TrueForAll(groups, g => g.Length == 4 && (g.StartsWith("19", StringComparison.Ordinal) || g.StartsWith("20", StringComparison.Ordinal)));
    }

    /// <summary>Digits that are called a telephone number: an international one, or ten of the North American plan, or with the leading zero of most others.</summary>
    internal static bool IsDialled(ReadOnlySpan<char> text) =>
        text[0] is '+' or '0' || (text.Length == 10 && text[0] >= '2' && text[3] >= '2') || (text.Length == 11 && text[0] == '1' && text[1] >= '2' && text[4] >= '2');

    internal static bool IsCredential(ReadOnlySpan<char> value)
    {
        if (value.Length < 8 || IsPlaceholder(value))
        {
            return false;
        }

        var (digit, letter, other) = (false, false, false);
        foreach (var c in value)
        {
            digit |= char.IsAsciiDigit(c);
            letter |= char.IsAsciiLetter(c);
            other |= !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or ')' or '(' or ']' or '[' or '/' or ':' or '`' or '*' or '{' or '}' or '<' or '>' or '|' or '\\');
        }

        return letter && (digit || other);
    }

    /// <summary>Whether a value stands in for one that is kept elsewhere.</summary>
    internal static bool IsPlaceholder(ReadOnlySpan<char> value) =>
        value.StartsWith("${") || value.StartsWith("$(") || value.StartsWith("<") || value.StartsWith("[") || value.StartsWith("{{") || value.StartsWith("%(") || value.StartsWith("process.env")
        || value.StartsWith("os.environ") || value.Contains("...", StringComparison.Ordinal) || value.Contains("***", StringComparison.Ordinal) || value.Contains("xxxx", StringComparison.OrdinalIgnoreCase)
        || value.IndexOfAnyExcept("*.xX") < 0;

    private static bool IsIssued(ReadOnlySpan<char> number)
    {
        var four = int.Parse(number[..4], CultureInfo.InvariantCulture);
        var six = int.Parse(number[..6], CultureInfo.InvariantCulture);
        return number.Length switch
        {
            12 => IsMaestro(four),
            13 => number[0] == '4' || IsMaestro(four),
            14 => four is (>= 3000 and <= 3059) or 3095 or (>= 3600 and <= 3699) or (>= 3800 and <= 3999) || IsMaestro(four),
            15 => four is (>= 3400 and <= 3499) or (>= 3700 and <= 3799) or 2131 or 1800 || IsMaestro(four),
            16 => number[0] == '4' || six is (>= 222100 and <= 272099) or (>= 510000 and <= 559999)
                || four is 6011 or (>= 6440 and <= 6599) or (>= 6200 and <= 6299) or (>= 8100 and <= 8171) or (>= 3528 and <= 3589) or (>= 2200 and <= 2204) or (>= 3600 and <= 3699) or (>= 6000 and <= 6099)
                || IsMaestro(four),
            _ => number[0] == '4' || four is (>= 6200 and <= 6299) or 6011 or (>= 6440 and <= 6599) or (>= 3528 and <= 3589) || IsMaestro(four),
        };
    }

    private static bool IsMaestro(int four) => four is 604 or 5018 or 5020 or 5038 or 5893 or (>= 5600 and <= 5899) or 6304 or 6390 or 6759 or (>= 6761 and <= 6763) or 6706 or 6709 or 6771;

    private static bool Luhn(ReadOnlySpan<char> number)
    {
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = number[number.Length - 1 - i] - '0';
            digit = (i & 1) == 0 ? digit : digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    [GeneratedRegex(@"^\d{3}-\d{2}-\d{4}$", RegexOptions.CultureInvariant)]
    private static partial Regex SsnLike();

    [GeneratedRegex(@"^\d{4}[-. ]\d{2}[-. ]\d{2}$|^\d{2}[-.]\d{2}[-.]\d{4}$|^\d{4}-\d{2}-\d{2} \d{2}$", RegexOptions.CultureInvariant)]
    private static partial Regex DateLike();
}
