using System.Diagnostics;

namespace Agent.Models.Tests.Aimock;

/// <summary>aimock, a server of others that speaks every provider's wire; installed by npm beside the tests the first time.</summary>
public sealed class AimockServer : IAsyncLifetime
{
    private const string Package = "@copilotkit/aimock@1.43.0";
    private static readonly Lazy<string?> Installed = new(Install);
    private Process? process;

    /// <summary>Why it cannot be used; null where it can.</summary>
    public static string? Problem => Installed.Value;

    public string Url { get; private set; } = string.Empty;

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "aimock");

    public async Task InitializeAsync()
    {
        if (Problem is { } problem)
        {
            // In CI nothing is skipped: a missing part is a failure.
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", problem);
            return;
        }

        process = Start("node", Path.Combine(AppContext.BaseDirectory, "Aimock", "server.mjs"), Folder);
        Url = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
    }

    public async Task DisposeAsync()
    {
        if (process is not null)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static string? Install()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "@copilotkit", "aimock")))
        {
            return null;
        }

        try
        {
            Directory.CreateDirectory(Folder);
            using var npm = Start("npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", Folder, Package);
            var output = npm.StandardOutput.ReadToEndAsync();
            var error = npm.StandardError.ReadToEnd();
            npm.WaitForExit();
            return npm.ExitCode == 0 ? null : $"npm could not install {Package}: {error.Trim()} {output.Result.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "npm is not installed, so the tests against aimock cannot run.";
        }
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}

/// <summary>A test that needs aimock: skipped with the reason where npm is missing, run all the same in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AimockTheoryAttribute : TheoryAttribute
{
    public AimockTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = AimockServer.Problem;
        }
    }
}
