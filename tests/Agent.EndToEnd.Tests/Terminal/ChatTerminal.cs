using System.Collections;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>The chat on a terminal: keys are sent, the screen is read. Every wait is for text on the screen.</summary>
internal sealed class ChatTerminal : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly PseudoTerminal terminal;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChatTerminal(Func<Action<string>, PseudoTerminal> start, int columns, int rows)
    {
        Screen = new Screen(columns, rows);
        terminal = start(Take);
    }

    public Screen Screen { get; }

    public PseudoTerminal Process => terminal;

    /// <summary>Starts <c>agent</c> and waits for its prompt.</summary>
    public static async Task<ChatTerminal> StartAsync(AgentWorkspace workspace, int columns = 80, int rows = 30, params string[] arguments)
    {
        var chat = Start(workspace, columns, rows, "dotnet", [Repository.AgentLibrary, .. arguments]);
        await chat.WaitForAsync("/help");
        return chat;
    }

    /// <summary>Starts <c>agent</c> with a server that was never started before, lets it start, and waits for the prompt.</summary>
    public static async Task<ChatTerminal> StartAcceptingAsync(AgentWorkspace workspace, int columns = 80, int rows = 30, params string[] arguments)
    {
        var chat = Start(workspace, columns, rows, "dotnet", [Repository.AgentLibrary, .. arguments]);
        await chat.WaitForAsync("Start them? [y]es");
        chat.Type("y");
        await chat.WaitForAsync("/help");
        return chat;
    }

    /// <summary>Starts any program on a terminal, in a workspace.</summary>
    public static ChatTerminal Start(AgentWorkspace workspace, int columns, int rows, string program, params string[] arguments) =>
        new(output => PseudoTerminal.Start(program, arguments, workspace.Folder, EnvironmentOf(workspace), columns, rows, output), columns, rows);

    /// <summary>Types text as a person does; <see cref="Keys"/> has the keys without a letter.</summary>
    public void Type(string keys) => terminal.Write(keys);

    /// <summary>Types a line and sends it.</summary>
    public void Send(string line) => terminal.Write(line + Keys.Enter);

    /// <summary>Waits until the built-in servers are ready.</summary>
    public Task<string> ServersAsync() => WaitAsync(static screen => !screen.Visible.Contains("starting ", StringComparison.Ordinal));

    public void Resize(int columns, int rows)
    {
        lock (gate)
        {
            Screen.Resize(columns, rows);
        }

        terminal.Resize(columns, rows);
    }

    /// <summary>Waits until text stands on the screen, or in what scrolled off it.</summary>
    public Task<string> WaitForAsync(string text, [CallerLineNumber] int line = 0) =>
        WaitAsync(screen => screen.All.Contains(text, StringComparison.Ordinal), $"line {line}: \"{text}\"");

    /// <summary>Whether the chat comes to wait for input, with nothing typed and nothing running.</summary>
    public async Task<bool> IsIdleAsync()
    {
        try
        {
            await WaitAsync(static screen => screen.BeforeCursor == "> " && screen.Visible.EndsWith("/help", StringComparison.Ordinal), Patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Waits until the screen is as wanted; never looked at in the middle of a frame.</summary>
    public Task<string> WaitAsync(Func<Screen, bool> wanted, [CallerArgumentExpression(nameof(wanted))] string what = "") => WaitAsync(wanted, Limit, what);

    private async Task<string> WaitAsync(Func<Screen, bool> wanted, TimeSpan limit, [CallerArgumentExpression(nameof(wanted))] string what = "")
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (!Screen.InFrame && wanted(Screen))
                {
                    return Screen.All;
                }

                next = changed.Task;
            }

            if (watch.Elapsed > limit || (terminal.Exit.IsCompleted && next == changed.Task))
            {
                throw new TimeoutException($"Not seen{(terminal.Exit.IsCompleted ? $" (the program ended with {terminal.Exit.Result})" : string.Empty)}: {what}\n--- the screen\n{Screen.All}\n---");
            }

            await Task.WhenAny(next, terminal.Exit, Task.Delay(TimeSpan.FromSeconds(1)));
        }
    }

    /// <summary>Waits until the program ended.</summary>
    public async Task<int> WaitForExitAsync()
    {
        try
        {
            return await terminal.Exit.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The program did not end.\n--- the screen\n{Screen.All}\n---");
        }
    }

    public void Dispose() => terminal.Dispose();

    private void Take(string text)
    {
        TaskCompletionSource now;
        lock (gate)
        {
            Screen.Write(text);
            now = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        now.SetResult();
    }

    private static Dictionary<string, string> EnvironmentOf(AgentWorkspace workspace)
    {
        string[] dropped = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AGENT_STATE", "XDG_STATE_HOME", "NO_COLOR", "LC_ALL", "LC_CTYPE", "EDITOR", "VISUAL", "TMUX", "COLUMNS", "LINES"];
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(pair => !dropped.Contains((string)pair.Key, StringComparer.Ordinal) && !((string)pair.Key).StartsWith("AGENT__", StringComparison.Ordinal))
            .ToDictionary(static pair => (string)pair.Key, static pair => (string?)pair.Value ?? string.Empty, StringComparer.Ordinal);
        environment["HOME"] = workspace.Home;
        environment["AGENT_STATE"] = workspace.State;
        environment["TERM"] = "xterm-256color";
        environment["LANG"] = "C.UTF-8";

        // A machine that is busy with other tests starts servers slowly; what is tested here is what is seen once they are there.
        environment["AGENT__CONTEXT__SERVERWAIT"] = "00:01:00";
        foreach (var (name, value) in workspace.Environment)
        {
            environment[name] = value;
        }

        return environment;
    }
}

/// <summary>What a terminal sends for keys.</summary>
internal static class Keys
{
    public const string Enter = "\r";
    public const string Tab = "\t";
    public const string Escape = "\e";
    public const string Up = "\e[A";
    public const string Down = "\e[B";
    public const string Left = "\e[D";
    public const string AltEnter = "\e\r";
    public const string Backspace = "\x7f";

    public static string Ctrl(char letter) => ((char)(char.ToUpperInvariant(letter) - '@')).ToString();

    public static string Paste(string text) => $"\e[200~{text}\e[201~";
}
