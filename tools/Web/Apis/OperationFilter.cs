using System.Text;
using System.Text.RegularExpressions;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>Leaves the operations that the operator wants.</summary>
internal static class OperationFilter
{
    public static IReadOnlyList<ApiOperation> Apply(IReadOnlyList<ApiOperation> operations, ApiOptions options)
    {
        var paths = options.Paths.Select(Glob).ToArray();
        return options.Tags.Count + options.Methods.Count + paths.Length == 0
            ? operations
            : [.. operations.Where(o =>
                (options.Tags.Count == 0 || o.Tags.Any(t => options.Tags.Contains(t, StringComparer.OrdinalIgnoreCase)))
                && (options.Methods.Count == 0 || options.Methods.Contains(o.Method, StringComparer.OrdinalIgnoreCase))
                && (paths.Length == 0 || paths.Any(p => p.IsMatch(o.Path))))];
    }

    /// <summary><c>*</c> is anything within a segment, <c>**</c> anything.</summary>
    public static Regex Glob(string pattern)
    {
        var expression = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '*')
            {
                expression.Append(Regex.Escape(pattern[i].ToString()));
            }
            else if (i + 1 < pattern.Length && pattern[i + 1] == '*')
            {
                expression.Append(".*");
                i++;
            }
            else
            {
                expression.Append("[^/]*");
            }
        }

        return new Regex(expression.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.IgnoreCase);
    }
}
