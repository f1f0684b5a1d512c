import { useClient, useStores } from "../state/context.tsx";
import { useToasts } from "../ui/toasts.tsx";

/** Adds the project at a path and asks for its first tasks. Says itself what went wrong. */
export function useAddProject(): (path: string) => Promise<void> {
  const client = useClient();
  const { view } = useStores();
  const say = useToasts();
  return async (path) => {
    try {
      const { id } = await client().projects.add({ path });
      view.setState({ project: id, dialog: "new-session" });
    } catch (error) {
      say.error(error);
    }
  };
}
