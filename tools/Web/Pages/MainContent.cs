using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Agent.Tools.Web.Pages;

/// <summary>Finds the part of a page that people come for.</summary>
internal static partial class MainContent
{
    private static readonly HashSet<string> Clutter = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "template", "svg", "canvas", "iframe", "object", "embed", "button", "input", "select", "textarea", "nav",
        "dialog", "audio", "video", "map", "link", "meta",
    };

    private static readonly HashSet<string> ClutterRoles = new(StringComparer.OrdinalIgnoreCase)
    {
        "navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar",
    };

    /// <summary>Removes what is no content, and what a person would not see.</summary>
    /// <param name="body">The page's body.</param>
    public static void RemoveClutter(IElement body)
    {
        var doomed = new List<INode>();
        foreach (var node in Walk(body))
        {
            if (node is IComment || (node is IElement element && IsClutter(element)))
            {
                doomed.Add(node);
            }
        }

        foreach (var node in doomed)
        {
            node.Parent?.RemoveChild(node);
        }
    }

    /// <summary>Finds the main content.</summary>
    /// <param name="body">The page's body, its clutter removed.</param>
    /// <returns>The element that holds it.</returns>
    public static IElement Find(IElement body)
    {
        var lengths = TextLengths(body);
        var all = lengths.GetValueOrDefault(body);
        if (Declared(body, lengths) is { } declared && lengths.GetValueOrDefault(declared) >= all / 5)
        {
            return declared;
        }

        return Scored(body, lengths) is { } best && lengths.GetValueOrDefault(best) >= all / 3 ? best : body;
    }

    // The page says itself which part it is.
    private static IElement? Declared(IElement body, Dictionary<INode, int> lengths)
    {
        IElement? best = null;
        foreach (var element in Walk(body).OfType<IElement>())
        {
            if ((element.LocalName is "main" || string.Equals(element.GetAttribute("role"), "main", StringComparison.OrdinalIgnoreCase))
                && lengths.GetValueOrDefault(element) > lengths.GetValueOrDefault(best ?? body.Owner!.CreateElement("p")))
            {
                best = element;
            }
        }

        if (best is not null)
        {
            return best;
        }

        var articles = Walk(body).OfType<IElement>().Where(e => e.LocalName == "article").Take(2).ToList();
        return articles.Count == 1 ? articles[0] : null;
    }

    // Paragraphs speak for the element around them, links against it.
    private static IElement? Scored(IElement body, Dictionary<INode, int> lengths)
    {
        var scores = new Dictionary<IElement, double>();
        foreach (var element in Walk(body).OfType<IElement>())
        {
            if (element.LocalName is not ("p" or "pre" or "td" or "blockquote" or "li" or "dd") || element.ParentElement is not { } parent)
            {
                continue;
            }

            var length = lengths.GetValueOrDefault(element);
            var linked = element.Children.Where(c => c.LocalName == "a").Sum(c => lengths.GetValueOrDefault(c));
            var weight = Math.Max(0, length - (2 * linked));
            if (length < 25 || weight == 0)
            {
                continue;
            }

            scores[parent] = scores.GetValueOrDefault(parent) + weight;
            if (parent.ParentElement is { } outer)
            {
                scores[outer] = scores.GetValueOrDefault(outer) + (weight * 0.7);
            }
        }

        return scores.Count == 0 ? null : scores.MaxBy(pair => pair.Value).Key;
    }

    private static bool IsClutter(IElement element)
    {
        if (Clutter.Contains(element.LocalName) || element.HasAttribute("hidden")
            || ClutterRoles.Contains(element.GetAttribute("role") ?? string.Empty)
            || (element.GetAttribute("aria-hidden") == "true" && element.LocalName is not ("span" or "i")))
        {
            return true;
        }

        if (element.GetAttribute("style") is { } style && Invisible().IsMatch(style))
        {
            return true;
        }

        // A header inside an article is its title; one of the page is its logo.
        if (element.LocalName is "footer" or "aside" or "header" && Within(element, "article", "main") is false)
        {
            return element.LocalName != "header" || element.QuerySelector("h1") is null;
        }

        return element.LocalName is not ("main" or "article" or "body")
            && (Noise().IsMatch(element.Id ?? string.Empty) || Noise().IsMatch(element.ClassName ?? string.Empty));
    }

    private static bool Within(IElement element, params string[] names)
    {
        for (var parent = element.ParentElement; parent is not null; parent = parent.ParentElement)
        {
            if (names.Contains(parent.LocalName))
            {
                return true;
            }
        }

        return false;
    }

    private static Dictionary<INode, int> TextLengths(IElement body)
    {
        var lengths = new Dictionary<INode, int>();
        foreach (var node in Walk(body).Reverse())
        {
            var length = node is IText text ? text.Data.AsSpan().Trim().Length : lengths.GetValueOrDefault(node);
            if (length > 0 && !ReferenceEquals(node, body) && node.Parent is { } parent)
            {
                lengths[parent] = lengths.GetValueOrDefault(parent) + length;
            }
        }

        return lengths;
    }

    // In document order, without recursion: a hostile page nests a hundred thousand deep.
    private static IEnumerable<INode> Walk(INode top)
    {
        var node = top;
        while (true)
        {
            yield return node;
            if (node.FirstChild is { } child)
            {
                node = child;
                continue;
            }

            while (node.NextSibling is null)
            {
                if (ReferenceEquals(node, top) || node.Parent is null)
                {
                    yield break;
                }

                node = node.Parent;
                if (ReferenceEquals(node, top))
                {
                    yield break;
                }
            }

            node = node.NextSibling;
        }
    }

    [GeneratedRegex(@"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(px|em|rem|%)?\s*(;|$)|opacity\s*:\s*0(\.0+)?\s*(;|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Invisible();

    [GeneratedRegex(@"(^|[\s_-])(cookie|consent|gdpr|breadcrumbs?|advert(isement)?s?|ads?-(slot|container|banner)|social-share|share-buttons|newsletter|skip-link|sr-only|visually-hidden|screen-reader-text|noprint|mw-editsection|headerlink)($|[\s_-])", RegexOptions.IgnoreCase)]
    private static partial Regex Noise();
}
